// What one rendering shares: its budget, its clock, the line being rendered, and the objects it keeps.
#pragma once

#include <ctime>
#include <vector>

#include "text/jinja_opaque.hpp"

namespace minnow::text::jinja {

// Thrown by raise_exception: the template's own words.
class Refusal : public Error {
 public:
  explicit Refusal(const std::string& message) : Error(ErrorCode::invalid_input, message) {}
};

class Runtime {
 public:
  Runtime(const TemplateLimits& limits, std::time_t now_in) : budget(limits), now(now_in) {}
  Runtime(const Runtime&) = delete;
  Runtime& operator=(const Runtime&) = delete;
  ~Runtime();

  Value string(std::string text) { return make_string(budget, std::move(text)); }
  Value list(std::vector<Value> items) { return make_list(budget, std::move(items)); }
  Value tuple(std::vector<Value> items) { return make_tuple(budget, std::move(items)); }
  Value iterator(std::vector<Value> items) { return make_iterator(budget, std::move(items)); }
  Value undefined(std::string reason) { return make_undefined(budget, std::move(reason)); }

  Value call(const Value& callee, const Arguments& arguments);
  Value make_namespace();
  // Objects that change may come to hold one another in circles and chains of any length. Kept here until the
  // rendering ends, they are then untied one by one, so that nothing leaks and no destructor recurses far.
  void keep(const Value& changing) { kept_.push_back(changing); }

  Budget budget;
  const std::time_t now;
  std::uint32_t line = 0;

 private:
  std::vector<Value> kept_;
};

// A text that grows within the limits.
class BoundedText {
 public:
  explicit BoundedText(Budget& budget) : budget_(budget) {}
  void append(std::string_view part) {
    budget_.check_text(text_.size() + part.size());
    budget_.touch(part.size());
    text_ += part;
  }
  void append(std::string_view part, std::size_t times) {
    for (std::size_t i = 0; i < times; ++i) append(part);
  }
  std::size_t size() const { return text_.size(); }
  std::string take() { return std::move(text_); }

 private:
  Budget& budget_;
  std::string text_;
};

}  // namespace minnow::text::jinja
