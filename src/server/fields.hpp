// Reads the members of a JSON object that came from a client. Every complaint is an ApiError that names the member;
// null counts as absent.
//
//   const Json body = parse_body(request.body);
//   const Fields fields(body);
//   const double temperature = fields.number("temperature", 0, 2).value_or(1);
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

namespace minnow::server {

using Json = nlohmann::ordered_json;

// Throws ApiError(400) for what isn't a JSON object, or one too deep or wide.
Json parse_body(const std::string& body);

// One line, whatever bytes the strings hold.
std::string dump(const Json& json);

class Fields {
 public:
  // `path`: what the object is called in complaints, as "messages[2]"; empty: the request's body. The object must
  // outlive this. Throws ApiError(400) when it is no object.
  explicit Fields(const Json& object, std::string path = "");

  const Json* find(const std::string& name) const;
  std::optional<std::string> text(const std::string& name) const;
  std::optional<double> number(const std::string& name, double low, double high) const;
  std::optional<std::int64_t> integer(const std::string& name, std::int64_t low, std::int64_t high) const;
  bool flag(const std::string& name, bool otherwise = false) const;
  const Json* object(const std::string& name) const;
  const Json* array(const std::string& name) const;
  // A string, or an array of them.
  std::vector<std::string> texts(const std::string& name) const;

  std::string path_of(const std::string& name) const;
  [[noreturn]] void refuse(const std::string& name, const std::string& complaint) const;

 private:
  const Json& object_;
  std::string path_;
};

}  // namespace minnow::server
