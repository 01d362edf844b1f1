// A JSON Schema as read: parsed within limits, its references resolved, every keyword known.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace minnow::text {

using SchemaNode = nlohmann::ordered_json;  // a boolean or an object

class SchemaDocument {
 public:
  // Throws Error(invalid_input) for what isn't JSON or nested too deep, Error(unsupported) for a keyword we can't hold
  // a text to, with its JSON pointer.
  explicit SchemaDocument(std::string_view source);
  SchemaDocument(const SchemaDocument&) = delete;
  SchemaDocument& operator=(const SchemaDocument&) = delete;

  const SchemaNode& root() const { return root_; }
  // What the "$ref" of this node names: "#", "#/a/pointer" or "#anchor". Precondition: it has one.
  const SchemaNode& target(const SchemaNode& node) const { return *targets_.at(&node); }
  // "#/properties/name", for messages.
  std::string where(const SchemaNode& node) const;

  [[noreturn]] void refuse(const SchemaNode& node, std::string_view keyword, std::string_view why) const;

 private:
  void register_schema(const SchemaNode& node, const std::string& pointer);
  void check_keywords(const SchemaNode& node) const;
  void find_anchors(const SchemaNode& node);
  void resolve(const SchemaNode& node);

  SchemaNode root_;
  std::unordered_map<const SchemaNode*, std::string> pointers_;  // of the schemas that were checked
  std::unordered_map<std::string, const SchemaNode*> anchors_;
  std::unordered_map<const SchemaNode*, const SchemaNode*> targets_;
  std::vector<const SchemaNode*> unresolved_;
};

}  // namespace minnow::text
