// A model with real trained weights tells the story its author's own program tells.
#include <gtest/gtest.h>

#include <sstream>

#include "base/file.hpp"
#include "minnow/minnow.hpp"
#include "test_data.hpp"

namespace minnow {
namespace {

std::filesystem::path stories() { return testing::shared_data() / "models/stories260K"; }

TEST(Stories, TellsTheExpectedStoryGreedily) {
  MINNOW_REQUIRE_SHARED_DATA();
  const Model model = Model::load(stories() / "stories260K.gguf");
  for (const CacheType cache : {CacheType::f16, CacheType::f32}) {
    Session session(model, {.cache_type = cache, .sampling = {.temperature = 0}});
    const Generation story = session.generate("", {.max_tokens = 200});
    std::string expected = read_file(stories() / "expected_greedy_200steps.txt");
    while (expected.ends_with('\n')) expected.pop_back();
    EXPECT_EQ(story.text, expected);

    std::istringstream ids(read_file(stories() / "greedy_token_ids.txt"));
    std::vector<TokenId> wanted{std::istream_iterator<TokenId>(ids), {}};
    std::vector<TokenId> got;
    for (const TokenOutput& token : story.tokens) got.push_back(token.id);
    EXPECT_EQ(got, wanted);
  }
}

}  // namespace
}  // namespace minnow
