#include "server/gate.hpp"
#include "temporary_folder.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <memory>

namespace minnow::server {
namespace {

HttpRequest request(const std::string& path, std::vector<Header> headers) {
  return {.method = "POST", .path = path, .headers = std::move(headers), .peer = "127.0.0.1:9"};
}

int status(const Gate& gate, HttpRequest asked) {
  const auto refusal = gate.admit(asked);
  return refusal ? refusal->status : 200;
}

TEST(Gate, LocalServerAnswersOnlyToLocalNames) {
  const Gate gate(nullptr, true);
  for (const char* host : {"localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "pi.localhost"}) {
    EXPECT_EQ(status(gate, request("/v1/models", {{"Host", host}})), 200) << host;
  }
  EXPECT_EQ(status(gate, request("/v1/models", {{"Host", "evil.example:8080"}})), 403);
  for (const char* host : {"localhost.evil.example", "127.evil.example", "127.0.0.1.evil.example:8080", "128.0.0.1"}) {
    EXPECT_EQ(status(gate, request("/v1/models", {{"Host", host}})), 403) << host;
  }
}

TEST(Gate, OtherSitesAreRefused) {
  const Gate gate(nullptr, true);
  EXPECT_EQ(status(gate, request("/v1/models", {{"Host", "localhost:80"}, {"Origin", "http://localhost:80"}})), 200);
  EXPECT_EQ(status(gate, request("/v1/models", {{"Host", "localhost:80"}, {"Origin", "https://evil.example"}})), 403);
  EXPECT_EQ(status(gate, request("/v1/models", {{"Host", "localhost:80"}, {"Origin", "null"}})), 403);
}

TEST(Gate, AsksForAKey) {
  const minnow::testing::TemporaryFolder folder;
  const auto path = folder / "keys.txt";
  std::ofstream(path) << "kiosk secret-one concurrent=1 priority=5\n";
  const Gate gate(std::make_shared<ApiKeys>(read_api_keys(path)), false);
  EXPECT_EQ(status(gate, request("/v1/models", {})), 401);
  EXPECT_EQ(status(gate, request("/v1/models", {{"Authorization", "Bearer secret-two"}})), 401);
  EXPECT_EQ(status(gate, request("/health", {})), 200);
  HttpRequest good = request("/v1/models", {{"authorization", "Bearer secret-one"}});
  EXPECT_FALSE(gate.admit(good));
  EXPECT_EQ(good.client, "kiosk");
  EXPECT_EQ(good.priority, 5);
  EXPECT_EQ(status(gate, request("/v1/models", {{"x-api-key", "secret-one"}})), 429);
}

}  // namespace
}  // namespace minnow::server
