#include "text/tools/tool_call_parser.hpp"

#include <algorithm>

namespace minnow::text {
namespace {

constexpr std::string_view kArgumentsMarker = "[ARGS]";

bool is_space(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

void skip_spaces(std::string& text) {
  text.erase(0, static_cast<std::size_t>(std::find_if_not(text.begin(), text.end(), is_space) - text.begin()));
}

// Where the end of `text` begins that may be the beginning of `marker`; text.size() when none may.
std::size_t possible_beginning(std::string_view text, std::string_view marker) {
  for (std::size_t begin = text.size() - std::min(text.size(), marker.size()); begin < text.size(); ++begin) {
    if (marker.starts_with(text.substr(begin))) return begin;
  }
  return text.size();
}

// The length of the JSON string that `text` begins with, quotes included; 0 when it isn't complete.
std::size_t string_length(std::string_view text) {
  for (std::size_t i = 1; i < text.size(); ++i) {
    if (text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      return i + 1;
    }
  }
  return 0;
}

std::string decoded(std::string_view string) {
  const auto value = nlohmann::json::parse(string, nullptr, /*allow_exceptions=*/false);
  return value.is_string() ? value.get<std::string>() : std::string();
}

}  // namespace

std::vector<ToolEvent> ToolCallParser::feed(std::string_view text) {
  held_ += text;
  while (!held_.empty() && step()) {
  }
  return std::exchange(events_, {});
}

std::vector<ToolEvent> ToolCallParser::finish() {
  if (mode_ == Mode::text && n_calls_ == 0 && !only_calls_) give_up();
  held_.clear();  // the beginning of a call, or of a part of one, is no text
  return std::exchange(events_, {});
}

void ToolCallParser::emit(ToolEvent::Kind kind, std::string text) {
  if (text.empty()) return;
  at_start_ = false;
  const std::size_t index = n_calls_ > 0 ? n_calls_ - 1 : 0;
  const bool joins = !events_.empty() && kind != ToolEvent::Kind::call && events_.back().kind == kind &&
                     (kind == ToolEvent::Kind::content || events_.back().index == index);
  if (joins) {
    events_.back().text += text;
  } else {
    events_.push_back({kind, kind == ToolEvent::Kind::content ? 0 : index, std::move(text)});
  }
}

void ToolCallParser::give_up() {
  emit(ToolEvent::Kind::content, std::exchange(held_, {}));
  mode_ = Mode::text;
}

bool ToolCallParser::step() {
  switch (mode_) {
    case Mode::text:
      return step_text();
    case Mode::name:
      return step_name();
    case Mode::call:
      return step_call();
    case Mode::key:
      return step_key();
    case Mode::value:
      return step_value();
  }
  return false;
}

bool ToolCallParser::step_text() {
  if (dialect_.layout == ToolDialect::Layout::bare) {
    if (at_start_ && held_.starts_with(dialect_.open)) {
      mode_ = Mode::call;
      return true;
    }
    if (at_start_ && dialect_.open.starts_with(held_)) return false;
    give_up();
    return false;
  }
  const std::size_t open = held_.find(dialect_.open);
  std::size_t end = open == std::string::npos ? possible_beginning(held_, dialect_.open) : open;
  // White space before a call isn't part of the text.
  while (end > 0 && is_space(held_[end - 1])) --end;
  emit(ToolEvent::Kind::content, held_.substr(0, end));
  if (open == std::string::npos) {
    held_.erase(0, end);
    return false;
  }
  held_.erase(0, open + dialect_.open.size());
  mode_ = dialect_.layout == ToolDialect::Layout::named ? Mode::name : Mode::call;
  return true;
}

bool ToolCallParser::step_name() {
  const std::size_t end = held_.find(kArgumentsMarker);
  if (end == std::string::npos) return false;
  ++n_calls_;
  name_known_ = true;
  emit(ToolEvent::Kind::call, held_.substr(0, end));
  held_.erase(0, end + kArgumentsMarker.size());
  begin_value(dialect_.arguments);
  return true;
}

bool ToolCallParser::step_call() {
  skip_spaces(held_);
  if (held_.empty()) return false;
  if (!dialect_.close.empty() && held_.starts_with(dialect_.close)) {
    held_.erase(0, dialect_.close.size());
    mode_ = Mode::text;
    return true;
  }
  if (!dialect_.close.empty() && dialect_.close.starts_with(held_)) return false;
  const char c = held_.front();
  if (c != '{' && c != '[' && c != ',' && c != ']') {
    give_up();
    return true;
  }
  held_.erase(0, 1);
  if (c == '{') {
    ++n_calls_;
    name_known_ = false;
    value_.clear();
    mode_ = Mode::key;
  } else if (c == ']' && dialect_.close.empty()) {
    mode_ = Mode::text;
  }
  return true;
}

bool ToolCallParser::step_key() {
  while (!held_.empty() && (is_space(held_.front()) || held_.front() == ',')) held_.erase(0, 1);
  if (held_.empty()) return false;
  if (held_.front() == '}') {
    held_.erase(0, 1);
    mode_ = dialect_.layout == ToolDialect::Layout::bare ? Mode::text : Mode::call;
    return true;
  }
  if (held_.front() != '"') {
    give_up();
    return true;
  }
  const std::size_t length = string_length(held_);
  const std::size_t colon = length == 0 ? std::string::npos : held_.find_first_not_of(" \n\t\r", length);
  if (colon == std::string::npos) return false;
  const std::string key = decoded(std::string_view(held_).substr(0, length));
  if (held_[colon] != ':') {
    give_up();
    return true;
  }
  held_.erase(0, colon + 1);
  begin_value(key);
  return true;
}

void ToolCallParser::begin_value(std::string key) {
  key_ = std::move(key);
  value_begun_ = in_string_ = escaped_ = false;
  depth_ = 0;
  mode_ = Mode::value;
}

bool ToolCallParser::step_value() {
  if (!value_begun_) skip_spaces(held_);
  std::size_t i = 0;
  bool ended = false;
  for (; i < held_.size() && !ended; ++i) {
    const char c = held_[i];
    if (in_string_) {
      in_string_ = escaped_ || c != '"';
      escaped_ = !escaped_ && c == '\\';
      ended = !in_string_ && depth_ == 0;
    } else if (depth_ == 0 && value_begun_ && (c == ',' || c == '}' || c == ']' || is_space(c))) {
      ended = true;
      break;  // a number or a word ends before what follows it
    } else if (c == '"') {
      in_string_ = true;
    } else if (c == '{' || c == '[') {
      ++depth_;
    } else if (c == '}' || c == ']') {
      ended = --depth_ <= 0;
    }
    value_begun_ = true;
  }
  const std::string part = held_.substr(0, i);
  held_.erase(0, i);
  const bool is_arguments = key_ == dialect_.arguments;
  if (is_arguments && name_known_) {
    emit(ToolEvent::Kind::arguments, part);
  } else if (is_arguments || key_ == "name") {
    (is_arguments ? value_ : name_) += part;
  }
  if (ended) end_value();
  return ended;
}

void ToolCallParser::end_value() {
  mode_ = dialect_.layout == ToolDialect::Layout::named ? Mode::text : Mode::key;
  if (key_ != "name" || name_known_ || mode_ == Mode::text) return;
  name_known_ = true;
  emit(ToolEvent::Kind::call, decoded(std::exchange(name_, {})));
  emit(ToolEvent::Kind::arguments, std::exchange(value_, {}));  // they came before the name
}

}  // namespace minnow::text
