#include "server/api_keys.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "minnow/error.hpp"
#include "server/error_reply.hpp"
#include "temporary_folder.hpp"

namespace minnow::server {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string refusal(const std::string& text) {
  try {
    parse_api_keys(text, "keys");
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

class KeyFile {
 public:
  explicit KeyFile(const std::string& text) { write(text); }
  void write(const std::string& text) const { std::ofstream(path()) << text; }
  std::filesystem::path path() const { return folder_ / "keys.txt"; }

 private:
  minnow::testing::TemporaryFolder folder_;
};

TEST(ApiKeys, ReadsNamesKeysAndLimits) {
  const auto keys =
      parse_api_keys("# ours\nkiosk secret-one concurrent=2 per_minute=30\n\nsecret-two # bare\n", "keys");
  ASSERT_EQ(keys.size(), 2u);
  EXPECT_EQ(keys[0].name, "kiosk");
  EXPECT_EQ(keys[0].concurrent, 2u);
  EXPECT_EQ(keys[0].per_minute, 30);
  EXPECT_EQ(keys[1].name, "default");
  EXPECT_THAT(keys[0].sha256, Not(HasSubstr("secret")));
}

TEST(ApiKeys, NamesTheLineThatIsWrongAndNeverTheKey) {
  EXPECT_THAT(refusal("a secret-one\nb secret-two fast=1\n"), HasSubstr("keys, line 2: there is no option 'fast'"));
  EXPECT_THAT(refusal("a secret-one concurrent=x\n"), HasSubstr("'x' is not a whole number"));
  EXPECT_THAT(refusal("a short\n"), HasSubstr("fewer than 8"));
  EXPECT_THAT(refusal("# nothing\n"), HasSubstr("no key"));
  EXPECT_THAT(refusal("a secret-one concurrent=0\n"), Not(HasSubstr("secret")));
}

TEST(ApiKeys, FindsOnlyTheWholeKey) {
  const KeyFile file("a secret-one\nb secret-two\n");
  const ApiKeys keys(read_api_keys(file.path()));
  EXPECT_EQ(keys.find("secret-two")->name, "b");
  EXPECT_FALSE(keys.find("secret-tw"));
  EXPECT_FALSE(keys.find("secret-two "));
  EXPECT_FALSE(keys.find(""));
}

TEST(ApiKeys, CountsRequestsInProgress) {
  const KeyFile file("a secret-one concurrent=2\n");
  ApiKeys keys(read_api_keys(file.path()));
  const ApiKey key = *keys.find("secret-one");
  auto first = keys.begin(key);
  const auto second = keys.begin(key);
  EXPECT_THROW(keys.begin(key), ApiError);
  first.reset();
  EXPECT_NO_THROW(keys.begin(key));
}

TEST(ApiKeys, AllowsSoManyAMinute) {
  const KeyFile file("a secret-one per_minute=3\n");
  ApiKeys keys(read_api_keys(file.path()));
  const ApiKey key = *keys.find("secret-one");
  for (int i = 0; i < 3; ++i) EXPECT_NO_THROW(keys.begin(key));
  EXPECT_THROW(keys.begin(key), ApiError);
}

TEST(ApiKeys, AreReplacedAsAWhole) {
  const KeyFile file("a secret-one\n");
  ApiKeys keys(read_api_keys(file.path()));
  file.write("b secret-two\n");
  EXPECT_TRUE(keys.replace(read_api_keys(file.path())));
  EXPECT_FALSE(keys.find("secret-one"));
  EXPECT_FALSE(keys.replace(read_api_keys(file.path())));
  file.write("b x\n");
  EXPECT_THROW(keys.replace(read_api_keys(file.path())), Error);
  EXPECT_TRUE(keys.find("secret-two"));
  EXPECT_TRUE(keys.needed());
  keys.replace({});
  EXPECT_FALSE(keys.needed());
}

}  // namespace
}  // namespace minnow::server
