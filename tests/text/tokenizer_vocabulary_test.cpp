// Real vocabularies against the ids their reference tokenizers gave for difficult texts.
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <string>
#include <vector>

#include "test_data.hpp"
#include "text/tokenizer.hpp"
#include "vocabulary_file.hpp"

namespace minnow::text {
namespace {

std::string read_all(const std::filesystem::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

std::vector<std::string> cases_of(const std::string& input) {
  constexpr std::string_view kSeparator = "\n__ggml_vocab_test__\n";
  std::vector<std::string> cases;
  std::size_t begin = 0;
  for (std::size_t end = input.find(kSeparator); end != std::string::npos; end = input.find(kSeparator, begin)) {
    cases.push_back(input.substr(begin, end - begin));
    begin = end + kSeparator.size();
  }
  if (begin < input.size()) cases.push_back(input.substr(begin));
  return cases;
}

std::vector<std::vector<TokenId>> ids_of(const std::string& output) {
  std::vector<std::vector<TokenId>> lines;
  std::istringstream in(output);
  for (std::string line; std::getline(in, line);) {
    std::istringstream numbers(line);
    lines.emplace_back(std::istream_iterator<TokenId>(numbers), std::istream_iterator<TokenId>());
  }
  return lines;
}

class RealVocabulary : public ::testing::TestWithParam<const char*> {};

TEST_P(RealVocabulary, GivesTheReferenceIdsForEveryPublishedCase) {
  MINNOW_REQUIRE_SHARED_DATA();
  const std::string file = testing::vocabulary_path(GetParam()).string();
  const auto tokenizer = make_tokenizer(testing::read_vocabulary(GetParam()));
  const auto cases = cases_of(read_all(file + ".inp"));
  const auto expected = ids_of(read_all(file + ".out"));
  ASSERT_EQ(cases.size(), expected.size());
  ASSERT_GT(cases.size(), 40u);
  for (std::size_t i = 0; i < cases.size(); ++i) {
    EXPECT_EQ(tokenizer->encode(cases[i], {.add_special = false, .parse_special = false}), expected[i])
        << "case " << i << ": " << cases[i];
  }
}

INSTANTIATE_TEST_SUITE_P(Tokenizers, RealVocabulary, ::testing::ValuesIn(testing::kVocabularies),
                         [](const auto& instance) { return testing::instance_name(instance.param); });

}  // namespace
}  // namespace minnow::text
