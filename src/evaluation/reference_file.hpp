// A model's predictions over a text, kept in a file, so that many candidates can be compared with a model that is no
// longer there. Per token of the vocabulary two bytes: log-probabilities in steps of a 65,535th of 32 nats below the
// likeliest (an error of at most 0.00025); what is less likely than e^-32 of the likeliest counts as that.
//
//   "minnowLP" u32 version=1  u32 vocabulary_size  u64 n_passages  [64] model's sha256  [64] vocabulary's sha256
//   (hexadecimal) then for each passage:  u32 n_tokens  u32 first_scored  i32[n_tokens] tokens and for each scored
//   token:  f32 largest log-probability  u16[vocabulary_size] steps below it
//
// Little-endian.
#pragma once

#include <cstddef>
#include <filesystem>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "base/mapped_file.hpp"
#include "evaluation/divergence.hpp"

namespace minnow::evaluation {

// Under its name only when it is whole.
void write_reference(const std::filesystem::path& path, const Model& model, Reference& source,
                     const std::function<void(std::size_t done, std::size_t total)>& progress = {});

// Whether a file begins as one of reference predictions does.
bool is_reference_file(const std::filesystem::path& path);

class FileReference : public Reference {
 public:
  // Throws Error(not_found, io), Error(invalid_input) for a file that isn't whole or isn't ours.
  static FileReference open(const std::filesystem::path& path);
  // `bytes` must outlive it; `name` is what errors call it.
  static FileReference from_memory(std::span<const std::byte> bytes, const std::string& name);

  const std::vector<Passage>& passages() const override { return passages_; }
  LogProbabilityRows rows(std::size_t passage) override;
  void require_same_tokens(const Model& candidate) const override;
  std::string model_sha256() const override { return model_sha256_; }

 private:
  void read(std::span<const std::byte> bytes, const std::string& name);

  std::string name_;
  MappedFile file_;
  std::string model_sha256_, vocabulary_sha256_;
  std::size_t vocabulary_size_ = 0;
  std::vector<Passage> passages_;
  std::vector<std::span<const std::byte>> encoded_;  // of each passage's scored tokens
};

}  // namespace minnow::evaluation
