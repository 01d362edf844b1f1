// Fields of one line of a task's file: what is missing or of another type is an error that names the line.
#pragma once

#include <cstddef>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace minnow::evaluation {

struct TaskLine {
  const nlohmann::json& fields;
  const std::string& name;  // "test.jsonl line 3"

  bool has(const char* field) const { return fields.contains(field); }
  const nlohmann::json& field(const char* field) const;
  const std::string& text(const char* field) const;
  // 2 to 26 texts, none of them empty: each is a choice and has a letter.
  std::vector<std::string> choices(const char* field) const;
  // A number, or a text that holds nothing else, below `limit`.
  std::size_t index(const char* field, std::size_t limit) const;
};

}  // namespace minnow::evaluation
