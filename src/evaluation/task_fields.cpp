#include "evaluation/task_fields.hpp"

#include <charconv>

#include "base/error.hpp"

namespace minnow::evaluation {
namespace {

constexpr std::size_t kMostChoices = 26;

}  // namespace

const nlohmann::json& TaskLine::field(const char* field) const {
  const auto found = fields.find(field);
  if (found == fields.end()) fail(ErrorCode::invalid_input, "{}: there is no \"{}\"", name, field);
  return *found;
}

const std::string& TaskLine::text(const char* name_of_field) const {
  const nlohmann::json& value = field(name_of_field);
  if (!value.is_string()) fail(ErrorCode::invalid_input, "{}: \"{}\" is not a text", name, name_of_field);
  return value.get_ref<const std::string&>();
}

std::vector<std::string> TaskLine::choices(const char* name_of_field) const {
  const nlohmann::json& value = field(name_of_field);
  if (!value.is_array() || value.size() < 2 || value.size() > kMostChoices) {
    fail(ErrorCode::invalid_input, "{}: \"{}\" is not a list of 2 to {} choices", name, name_of_field, kMostChoices);
  }
  std::vector<std::string> choices;
  for (const nlohmann::json& choice : value) {
    if (!choice.is_string() || choice.get_ref<const std::string&>().empty()) {
      fail(ErrorCode::invalid_input, "{}: choice {} of \"{}\" is no text", name, choices.size() + 1, name_of_field);
    }
    choices.push_back(choice.get<std::string>());
  }
  return choices;
}

std::size_t TaskLine::index(const char* name_of_field, std::size_t limit) const {
  const nlohmann::json& value = field(name_of_field);
  std::size_t index = limit;
  if (value.is_number_unsigned()) {
    index = value.get<std::size_t>();
  } else if (value.is_string()) {
    const std::string& digits = value.get_ref<const std::string&>();
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
    if (error != std::errc{} || end != digits.data() + digits.size()) index = limit;
  }
  if (index < limit) return index;
  fail(ErrorCode::invalid_input, "{}: \"{}\" is not the number of a choice, 0 to {}", name, name_of_field, limit - 1);
}

}  // namespace minnow::evaluation
