#include "text/chat_template.hpp"

#include <nlohmann/json.hpp>
#include <utility>

#include "base/error.hpp"
#include "text/jinja_interpreter.hpp"
#include "text/jinja_parser.hpp"

namespace minnow::text {

namespace {

using Json = nlohmann::ordered_json;
using jinja::Value;

Value to_value(jinja::Runtime& runtime, const Json& json);

Value to_list(jinja::Runtime& runtime, const Json& json) {
  std::vector<Value> items;
  runtime.budget.check_memory(json.size() * sizeof(Value));
  items.reserve(json.size());
  for (const Json& item : json) items.push_back(to_value(runtime, item));
  return runtime.list(std::move(items));
}

Value to_dict(jinja::Runtime& runtime, const Json& json) {
  std::vector<jinja::DictObject::Entry> entries;
  runtime.budget.check_memory(json.size() * sizeof(entries[0]));
  entries.reserve(json.size());
  for (const auto& [key, value] : json.items()) entries.emplace_back(runtime.string(key), to_value(runtime, value));
  return jinja::make_dict(runtime.budget, std::move(entries));
}

Value to_value(jinja::Runtime& runtime, const Json& json) {
  const jinja::Level level(runtime.budget);
  switch (json.type()) {
    case Json::value_t::null:
      return Value::none();
    case Json::value_t::boolean:
      return Value::boolean(json.get<bool>());
    case Json::value_t::number_integer:
      return Value::integer(json.get<std::int64_t>());
    case Json::value_t::number_unsigned:
      if (json.get<std::uint64_t>() > INT64_MAX) {
        fail(ErrorCode::unsupported, "the number {} in its input doesn't fit 64 bits", json.get<std::uint64_t>());
      }
      return Value::integer(json.get<std::int64_t>());
    case Json::value_t::number_float:
      return Value::real(json.get<double>());
    case Json::value_t::string:
      return runtime.string(json.get_ref<const std::string&>());
    case Json::value_t::array:
      return to_list(runtime, json);
    case Json::value_t::object:
      return to_dict(runtime, json);
    default:
      fail(ErrorCode::invalid_input, "its input holds a value that isn't JSON");
  }
}

}  // namespace

struct ChatTemplate::Program {
  std::string source;
  TemplateLimits limits;
  jinja::Ast ast;
};

ChatTemplate::ChatTemplate(std::string_view source, const TemplateLimits& limits) {
  if (source.size() > limits.source_bytes) {
    fail(ErrorCode::invalid_input, "the chat template is larger than {} bytes", limits.source_bytes);
  }
  auto program = std::make_unique<Program>();
  program->source = source;
  program->limits = limits;
  program->ast = jinja::parse_template(source);
  program_ = std::move(program);
}

ChatTemplate::ChatTemplate(ChatTemplate&&) noexcept = default;
ChatTemplate& ChatTemplate::operator=(ChatTemplate&&) noexcept = default;
ChatTemplate::~ChatTemplate() = default;

const std::string& ChatTemplate::source() const { return program_->source; }

std::string ChatTemplate::render(const Json& context) const { return render(context, std::time(nullptr)); }

std::string ChatTemplate::render(const Json& context, std::time_t now) const {
  if (!context.is_object()) fail(ErrorCode::invalid_input, "a chat template's context must be a JSON object");
  jinja::Runtime runtime(program_->limits, now);
  try {
    std::vector<Value> variables;
    for (const std::string& name : program_->ast.names) {
      const auto given = context.find(name);
      variables.push_back(given == context.end() ? Value() : to_value(runtime, *given));
    }
    return jinja::Interpreter(program_->ast, runtime, std::move(variables)).run();
  } catch (const jinja::Refusal& refusal) {
    fail(ErrorCode::invalid_input, "the chat template refuses this conversation: {}", refusal.what());
  } catch (const Error& error) {
    fail(error.code(), "chat template, line {}: {}", runtime.line, error.what());
  }
}

}  // namespace minnow::text
