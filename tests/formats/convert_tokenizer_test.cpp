// The tokenizer beside a model, as GGUF's keys. The goldens' vocabulary has 96 rows, so these tokenizers are small.
#include <gmock/gmock.h>

#include <random>

#include "convert_fixture.hpp"

namespace minnow::formats {
namespace {

using nlohmann::json;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr const char* kLlama3 =
    R"((?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)";

json split(const std::string& pattern) {
  return {{"type", "Split"}, {"pattern", {{"Regex", pattern}}}, {"behavior", "Isolated"}, {"invert", false}};
}
json byte_level(bool use_regex) {
  return {{"type", "ByteLevel"}, {"add_prefix_space", false}, {"use_regex", use_regex}};
}
json sequence(const json& steps) { return {{"type", "Sequence"}, {"pretokenizers", steps}}; }

json byte_level_tokenizer() {
  return {{"added_tokens",
           {{{"id", 6}, {"content", "<|begin|>"}, {"special", true}},
            {{"id", 7}, {"content", "<|eot_id|>"}, {"special", true}},
            {{"id", 8}, {"content", "<think>"}, {"special", false}},
            {{"id", 500}, {"content", "<beyond>"}, {"special", false}}}},
          {"pre_tokenizer", sequence({split(kLlama3), byte_level(false)})},
          {"decoder", {{"type", "ByteLevel"}}},
          {"model",
           {{"type", "BPE"},
            {"ignore_merges", true},
            {"vocab", {{"a", 0}, {"b", 1}, {"c", 2}, {"\u0120", 3}, {"ab", 4}, {"\u0120ab", 5}}},
            {"merges", {"a b", "\u0120 ab"}}}}};
}

class ConvertTokenizer : public ConvertTest {
 protected:
  ConvertTokenizer() : model_(copy_of("llama")) {}

  Metadata with(const json& tokenizer) const {
    write_text(model_ / "tokenizer.json", tokenizer.dump());
    return converted(model_).metadata();
  }

  std::filesystem::path model_;
};

std::vector<std::string> first(const std::vector<std::string>& values, std::size_t count) {
  return {values.begin(), values.begin() + static_cast<std::ptrdiff_t>(count)};
}

TEST_F(ConvertTokenizer, WritesByteLevelTokensMergesAndTypes) {
  const Metadata metadata = with(byte_level_tokenizer());
  EXPECT_EQ(metadata.text("tokenizer.ggml.model"), "gpt2");
  EXPECT_EQ(metadata.text("tokenizer.ggml.pre"), "llama-bpe");
  const auto& tokens = metadata.texts("tokenizer.ggml.tokens");
  ASSERT_EQ(tokens.size(), 96U) << "one for every row of the embeddings";
  EXPECT_THAT(first(tokens, 10),
              ElementsAre("a", "b", "c", "\u0120", "ab", "\u0120ab", "<|begin|>", "<|eot_id|>", "<think>", "[PAD9]"));
  auto types = metadata.integers("tokenizer.ggml.token_type");
  types.resize(10);
  EXPECT_THAT(types, ElementsAre(1, 1, 1, 1, 1, 1, 3, 3, 4, 5));
  EXPECT_THAT(metadata.texts("tokenizer.ggml.merges"), ElementsAre("a b", "\u0120 ab"));
  EXPECT_EQ(metadata.find("tokenizer.ggml.scores"), nullptr);
}

TEST_F(ConvertTokenizer, ReadsMergesWrittenAsPairs) {
  json tokenizer = byte_level_tokenizer();
  tokenizer["model"]["merges"] = json::array({json::array({"a", "b"}), json::array({"a b", "c"})});
  EXPECT_THAT(with(tokenizer).texts("tokenizer.ggml.merges"), ElementsAre("a b", "a\u0120b c"));
  tokenizer["model"]["merges"] = json::array({"a b c"});
  write_text(model_ / "tokenizer.json", tokenizer.dump());
  EXPECT_THAT(refusal(model_), HasSubstr("is not a merge"));
}

TEST_F(ConvertTokenizer, KnowsPreTokenizersByTheirPatterns) {
  const auto name = [&](const json& pre, bool ignore_merges = false) {
    json tokenizer = byte_level_tokenizer();
    tokenizer["pre_tokenizer"] = pre;
    tokenizer["model"]["ignore_merges"] = ignore_merges;
    return std::string(*with(tokenizer).text("tokenizer.ggml.pre"));
  };
  std::string one_digit = kLlama3;
  one_digit.erase(one_digit.find("{1,3}"), 5);
  const std::string tekken =
      R"([^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)";
  EXPECT_EQ(name(byte_level(true)), "gpt-2");
  EXPECT_EQ(name(sequence({split(kLlama3), byte_level(false)}), true), "llama-bpe");
  EXPECT_EQ(name(sequence({split(kLlama3), byte_level(false)})), "dbrx");
  EXPECT_EQ(name(sequence({split(one_digit), byte_level(false)})), "qwen2");
  EXPECT_EQ(name(sequence({split(tekken), byte_level(false)})), "tekken");
  EXPECT_EQ(name(sequence({{{"type", "Digits"}, {"individual_digits", true}}, byte_level(true)})), "smollm");
  EXPECT_EQ(name(sequence({split("[\r\n]"), split("\\s?\\p{L}+")})), "deepseek-coder");
}

TEST_F(ConvertTokenizer, RefusesPreTokenizersItDoesNotKnow) {
  json tokenizer = byte_level_tokenizer();
  tokenizer["pre_tokenizer"] = sequence({split(std::string(kLlama3) + "|x"), byte_level(false)});
  write_text(model_ / "tokenizer.json", tokenizer.dump());
  EXPECT_THAT(refusal(model_), HasSubstr("pre_tokenizer"));
}

TEST_F(ConvertTokenizer, RefusesNormalizersThatNoEngineHas) {
  json tokenizer = byte_level_tokenizer();
  const auto sentence = [&](const json& normalizer) {
    tokenizer["normalizer"] = normalizer;
    write_text(model_ / "tokenizer.json", tokenizer.dump());
    return refusal(model_);
  };
  const json composed{{"type", "NFC"}}, lower{{"type", "Lowercase"}};
  EXPECT_EQ(sentence(nullptr), "");
  EXPECT_EQ(sentence(composed), "");
  EXPECT_EQ(sentence({{"type", "Sequence"}, {"normalizers", json::array()}}), "");
  EXPECT_THAT(sentence(lower), HasSubstr("Lowercase"));
  EXPECT_THAT(sentence({{"type", "Sequence"}, {"normalizers", {composed, lower}}}), HasSubstr("Lowercase"));
  EXPECT_THAT(sentence({{"type", "Prepend"}, {"prepend", "\u2581"}}), HasSubstr("Prepend"));
  tokenizer.erase("normalizer");
  tokenizer["model"]["end_of_word_suffix"] = "";
  EXPECT_EQ(sentence(nullptr), "");
  tokenizer["model"]["end_of_word_suffix"] = "</w>";
  EXPECT_THAT(sentence(nullptr), HasSubstr("end_of_word_suffix"));
}

TEST_F(ConvertTokenizer, RefusesNormalizersOfPiecesThatAreNotSentencePieces) {
  const json replace{{"type", "Replace"}, {"pattern", {{"String", " "}}}, {"content", "\u2581"}};
  const auto sentence = [&](const json& normalizer) {
    write_text(model_ / "tokenizer.json", json{{"normalizer", normalizer},
                                               {"model",
                                                {{"type", "BPE"},
                                                 {"byte_fallback", true},
                                                 {"vocab", {{"<0x0A>", 0}, {"a", 1}, {"b", 2}, {"ab", 3}}},
                                                 {"merges", {"a b"}}}}}
                                              .dump());
    return refusal(model_);
  };
  EXPECT_EQ(sentence(replace), "");
  EXPECT_THAT(sentence({{"type", "Replace"}, {"pattern", {{"String", "a"}}}, {"content", "b"}}), HasSubstr("Replace"));
  EXPECT_THAT(sentence({{"type", "Prepend"}, {"prepend", "x"}}), HasSubstr("Prepend"));
}

TEST_F(ConvertTokenizer, NamesTheTokensThatBeginAndEnd) {
  write_text(
      model_ / "tokenizer_config.json",
      R"({"bos_token": {"content": "<|begin|>"}, "eos_token": "c", "add_eos_token": false, "chat_template": "old"})");
  write_text(model_ / "generation_config.json", R"({"eos_token_id": [2, 7]})");
  write_text(model_ / "chat_template.jinja", "{{ messages }}");
  json tokenizer = byte_level_tokenizer();
  tokenizer["post_processor"] = {
      {"type", "Sequence"},
      {"processors",
       {{{"type", "TemplateProcessing"},
         {"single", {{{"SpecialToken", {{"id", "<|begin|>"}}}}, {{"Sequence", {{"id", "A"}}}}}}}}}};
  const Metadata metadata = with(tokenizer);
  EXPECT_EQ(metadata.unsigned_integer("tokenizer.ggml.bos_token_id"), 6U);
  EXPECT_EQ(metadata.unsigned_integer("tokenizer.ggml.eos_token_id"), 2U);
  EXPECT_EQ(metadata.unsigned_integer("tokenizer.ggml.eot_token_id"), 7U);
  EXPECT_EQ(metadata.boolean("tokenizer.ggml.add_bos_token"), true);
  EXPECT_EQ(metadata.boolean("tokenizer.ggml.add_eos_token"), false);
  EXPECT_EQ(metadata.text("tokenizer.chat_template"), "{{ messages }}");
}

TEST_F(ConvertTokenizer, KeepsNamedChatTemplates) {
  write_text(model_ / "tokenizer_config.json",
             R"({"chat_template": [{"name": "default", "template": "d"}, {"name": "tool_use", "template": "t"}]})");
  const Metadata metadata = with(byte_level_tokenizer());
  EXPECT_EQ(metadata.text("tokenizer.chat_template"), "d");
  EXPECT_EQ(metadata.text("tokenizer.chat_template.tool_use"), "t");
  EXPECT_THAT(metadata.texts("tokenizer.chat_templates"), ElementsAre("tool_use"));
}

TEST_F(ConvertTokenizer, ScoresSentencePieceTokensByTheOrderOfTheirMerges) {
  const Metadata metadata =
      with({{"added_tokens", {{{"id", 0}, {"content", "<unk>"}, {"special", true}}}},
            {"normalizer", {{"type", "Sequence"}, {"normalizers", {{{"type", "Prepend"}, {"prepend", "\u2581"}}}}}},
            {"pre_tokenizer", nullptr},
            {"model",
             {{"type", "BPE"},
              {"byte_fallback", true},
              {"unk_token", "<unk>"},
              {"vocab", {{"<unk>", 0}, {"<0x0A>", 1}, {"a", 2}, {"b", 3}, {"ab", 4}, {"abb", 5}}},
              {"merges", {"a b", "ab b"}}}}});
  EXPECT_EQ(metadata.text("tokenizer.ggml.model"), "llama");
  EXPECT_EQ(metadata.boolean("tokenizer.ggml.add_space_prefix"), true);
  const auto scores = metadata.numbers("tokenizer.ggml.scores");
  EXPECT_GT(scores[4], scores[5]);
  EXPECT_GT(scores[5], scores[2]);
  EXPECT_EQ(metadata.integers("tokenizer.ggml.token_type")[1], 6);
}

TEST_F(ConvertTokenizer, ReadsSentencePiecesOwnFile) {
  std::filesystem::copy_file(family("sentencepiece") / "tokenizer.model", model_ / "tokenizer.model");
  write_text(model_ / "tokenizer_config.json",
             R"({"added_tokens_decoder": {"94": {"content": "<|im_end|>", "special": false}}})");
  const Metadata metadata = converted(model_).metadata();
  const auto pieces = json::parse(read_text(family("sentencepiece") / "pieces.json"));
  const auto& tokens = metadata.texts("tokenizer.ggml.tokens");
  const auto scores = metadata.numbers("tokenizer.ggml.scores");
  const auto types = metadata.integers("tokenizer.ggml.token_type");
  for (std::size_t id = 0; id < pieces.size(); ++id) {
    EXPECT_EQ(tokens[id], pieces[id][0]) << id;
    EXPECT_EQ(scores[id], pieces[id][1]) << id;
    EXPECT_EQ(types[id], pieces[id][2]) << id;
  }
  EXPECT_EQ(tokens[94], "<|im_end|>");
  EXPECT_EQ(types[94], 3) << "looks special even when its file forgets to say so";
  EXPECT_EQ(types[95], 5);
  EXPECT_EQ(metadata.boolean("tokenizer.ggml.add_space_prefix"), true);
}

TEST_F(ConvertTokenizer, AsksTokenizerJsonForTheSpaceBeforeATextEvenBesideSentencePiecesFile) {
  std::filesystem::copy_file(family("sentencepiece") / "tokenizer.model", model_ / "tokenizer.model");
  const json prepend{{"type", "Prepend"}, {"prepend", "\u2581"}};
  json tokenizer{{"model", {{"type", "BPE"}, {"byte_fallback", true}}}, {"normalizer", prepend}};
  EXPECT_EQ(with(tokenizer).boolean("tokenizer.ggml.add_space_prefix"), true);
  tokenizer["normalizer"] = nullptr;
  EXPECT_EQ(with(tokenizer).boolean("tokenizer.ggml.add_space_prefix"), false);
}

TEST_F(ConvertTokenizer, ReadsVocabularyAndMergesOfTheOldForm) {
  model_ = copy_of("gpt2");
  write_text(model_ / "vocab.json", R"({"a": 0, "b": 1, "ab": 2, "<|endoftext|>": 3})");
  write_text(model_ / "merges.txt", "#version: 0.2\na b\n");
  const Metadata metadata = converted(model_).metadata();
  EXPECT_EQ(metadata.text("tokenizer.ggml.pre"), "gpt-2");
  EXPECT_THAT(metadata.texts("tokenizer.ggml.merges"), ElementsAre("a b"));
  EXPECT_EQ(metadata.integers("tokenizer.ggml.token_type")[3], 3);
}

TEST_F(ConvertTokenizer, RefusesTokensTheModelHasNoRowFor) {
  json tokenizer = byte_level_tokenizer();
  tokenizer["model"]["vocab"]["z"] = 96;
  write_text(model_ / "tokenizer.json", tokenizer.dump());
  EXPECT_THAT(refusal(model_), HasSubstr("no id below the model's vocabulary size, 96"));
}

TEST_F(ConvertTokenizer, SurvivesOrRefusesDamagedFiles) {
  std::filesystem::copy_file(family("sentencepiece") / "tokenizer.model", model_ / "tokenizer.model");
  write_text(
      model_ / "tokenizer_config.json",
      R"({"bos_token": {"content": "a"}, "eos_token": "c", "chat_template": [{"name": "default", "template": "d"}],)"
      R"("added_tokens_decoder": {"94": {"content": "<|im_end|>", "special": false}}})");
  write_text(model_ / "generation_config.json", R"({"eos_token_id": [2, 7]})");
  json tokenizer = byte_level_tokenizer();
  tokenizer["post_processor"] = {{"type", "TemplateProcessing"}, {"single", {{{"SpecialToken", {{"id", "a"}}}}}}};
  std::mt19937_64 random(7);
  std::size_t refused = 0;
  for (int round = 0; round < 400; ++round) {
    write_text(model_ / "tokenizer.json", tokenizer.dump());
    const char* names[] = {"tokenizer.json", "tokenizer_config.json", "generation_config.json", "tokenizer.model"};
    const auto path = model_ / names[round % 4];
    if (round % 4 == 3) std::filesystem::remove(model_ / "tokenizer.json");
    const std::string whole = read_text(path);
    std::string text = whole;
    for (std::size_t i = 1 + random() % 3; i > 0; --i) {
      text[random() % text.size()] =
          round % 4 == 3 ? static_cast<char>(random()) : "0123456789.-\"[]{},:anrt"[random() % 23];
    }
    write_text(path, text);
    refused += refusal(model_).empty() ? 0 : 1;
    write_text(path, whole);
  }
  EXPECT_GT(refused, 100U);
  EXPECT_LT(refused, 400U);
}

}  // namespace
}  // namespace minnow::formats
