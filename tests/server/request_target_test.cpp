#include "server/request_target.hpp"

#include <gtest/gtest.h>

namespace minnow::server {
namespace {

TEST(RequestTarget, PartsPathAndQuery) {
  EXPECT_EQ(parse_request_target("/v1/models").path, "/v1/models");
  EXPECT_EQ(parse_request_target("/a?b=%20?c").path, "/a");
  EXPECT_EQ(parse_request_target("/a?b=%20?c").query, "b=%20?c");
  EXPECT_EQ(parse_request_target("").path, "");
}

TEST(RequestTarget, DecodesThePath) {
  EXPECT_EQ(parse_request_target("/v1/models/Qwen%2fbase%3Akiosk").path, "/v1/models/Qwen/base:kiosk");
  EXPECT_EQ(parse_request_target("/100%").path, "/100%");
  EXPECT_EQ(parse_request_target("/%2").path, "/%2");
  EXPECT_EQ(parse_request_target("/%+1%zz%e2%82%ac").path, "/%+1%zz€");
}

TEST(RequestTarget, IsFoundBehindAHost) {
  EXPECT_EQ(parse_request_target("http://localhost:8080/health?x").path, "/health");
  EXPECT_EQ(parse_request_target("https://localhost").path, "/");
}

}  // namespace
}  // namespace minnow::server
