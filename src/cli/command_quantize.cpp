// minnow quantize IN OUT TYPE: the same model in fewer bits.
#include <fmt/core.h>

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.hpp"
#include "base/thread_pool.hpp"
#include "cli/commands.hpp"
#include "cli/terminal.hpp"
#include "formats/quantize.hpp"
#include "machine/cpu.hpp"

namespace minnow::cli {
namespace {

struct QuantizeWords {
  std::string in;
  std::string out;
  std::string type;
  std::size_t threads = 0;
};

void quantize(const QuantizeWords& words) {
  const auto& quantization = formats::quantization_from_name(words.type);
  const auto source = formats::GgufFile::open(words.in);
  std::error_code ignored;
  if (std::filesystem::equivalent(words.in, words.out, ignored)) {
    fail(ErrorCode::invalid_input, "IN and OUT are the same file");
  }
  ThreadPool pool(words.threads != 0 ? words.threads : machine::usable_cores());
  {
    ProgressBar bar("quantizing");
    formats::quantize(source, words.out, quantization, pool,
                      [&](std::uint64_t done, std::uint64_t total) { bar.update(done, total); });
  }
  note(fmt::format("{}: {:.1f} MB, was {:.1f} MB", words.out,
                   static_cast<double>(std::filesystem::file_size(words.out)) / 1e6,
                   static_cast<double>(source.size_bytes()) / 1e6));
}

}  // namespace

void add_quantize(CLI::App& app) {
  CLI::App* command = app.add_subcommand("quantize", "Rewrite a GGUF file in fewer bits");
  auto words = std::make_shared<QuantizeWords>();
  command->add_option("IN", words->in, "A GGUF file, best in F16, BF16 or F32")->required();
  command->add_option("OUT", words->out, "The file to write")->required();
  command->add_option("TYPE", words->type, "Q4_K_M, Q8_0, Q4_0, …")
      ->required()
      ->check([](const std::string& name) -> std::string {
        try {
          formats::quantization_from_name(name);
          return {};
        } catch (const Error& error) {
          return error.what();
        }
      });
  command->add_option("-t,--threads", words->threads, "Threads; 0: the physical cores this process may use")
      ->check(CLI::Range(0, 1024));
  command->callback([words] { quantize(*words); });
}

}  // namespace minnow::cli
