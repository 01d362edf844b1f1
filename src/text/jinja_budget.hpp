// What one rendering may still spend: steps, nesting, and bytes alive. Whoever is about to do work or hold memory
// asks here first, so a hostile template ends in one clear error before it costs anything.
#pragma once

#include <cstddef>

#include "base/error.hpp"
#include "text/chat_template.hpp"

namespace minnow::text::jinja {

class Budget {
 public:
  explicit Budget(const TemplateLimits& limits) : limits_(limits), steps_left_(limits.steps) {}
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  void spend(std::size_t steps = 1) {
    if (steps > steps_left_) fail(ErrorCode::invalid_input, "it takes more than {} steps", limits_.steps);
    steps_left_ -= steps;
  }
  // Work in proportion to the bytes read or written.
  void touch(std::size_t bytes) { spend(bytes / 64); }
  // Looking for one text in another: at worst every place is compared to the end of what is looked for.
  void search(std::size_t text_bytes, std::size_t wanted_bytes) {
    touch(text_bytes);
    if (wanted_bytes <= text_bytes) spend((text_bytes - wanted_bytes) / 64 * (wanted_bytes / 16));
  }

  void hold(std::size_t bytes) {
    check_memory(bytes);
    held_ += bytes;
  }
  // Asked before something large is built that will be held afterwards.
  void check_memory(std::size_t bytes) const {
    if (bytes > limits_.memory_bytes - held_) {
      fail(ErrorCode::invalid_input, "its values need more than {} bytes", limits_.memory_bytes);
    }
  }
  void release(std::size_t bytes) noexcept { held_ -= bytes; }

  // Asked before a string of this size is built.
  void check_text(std::size_t bytes) const {
    if (bytes > limits_.output_bytes) {
      fail(ErrorCode::invalid_input, "it makes a text longer than {} bytes", limits_.output_bytes);
    }
  }

  void enter() {
    if (depth_ >= limits_.depth) fail(ErrorCode::invalid_input, "it nests deeper than {} levels", limits_.depth);
    ++depth_;
  }
  void leave() noexcept { --depth_; }

 private:
  const TemplateLimits limits_;
  std::size_t steps_left_;
  std::size_t held_ = 0;
  std::size_t depth_ = 0;
};

// One level of recursion, for as long as it lives; costs a step.
class Level {
 public:
  explicit Level(Budget& budget) : budget_(budget) {
    budget_.spend();
    budget_.enter();
  }
  Level(const Level&) = delete;
  Level& operator=(const Level&) = delete;
  ~Level() { budget_.leave(); }

 private:
  Budget& budget_;
};

}  // namespace minnow::text::jinja
