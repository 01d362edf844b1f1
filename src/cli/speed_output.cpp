#include "cli/speed_output.hpp"

#include <fmt/format.h>

#include <nlohmann/json.hpp>

namespace minnow::cli {
namespace {

using evaluation::BatchSpeed;
using evaluation::Rate;
using evaluation::SpeedFacts;
using evaluation::SpeedReport;
using Json = nlohmann::ordered_json;

Json json_of(const Rate& rate) { return {{"median", rate.median}, {"min", rate.min}, {"max", rate.max}}; }

Json batches_json(const SpeedReport& report) {
  Json batches = Json::array();
  for (const BatchSpeed& batch : report.batches) {
    batches.push_back({{"sequences", batch.sequences}, {"tokens_per_s", json_of(batch.tokens_per_s)}});
  }
  return batches;
}

std::string row(std::string_view name, const Rate& rate, double unit, std::string_view unit_name,
                const std::string& share = "") {
  const int digits = rate.median / unit < 99.95 ? 1 : 0;
  return fmt::format("{:<22} {:>9.{}f} {:<9} {:<19} {}", name, rate.median / unit, digits, unit_name,
                     fmt::format("({:.{}f} to {:.{}f})", rate.min / unit, digits, rate.max / unit, digits), share);
}

std::string without_trailing_spaces(std::string line) {
  line.erase(line.find_last_not_of(' ') + 1);
  return line + "\n";
}

std::string ceilings_table(const SpeedReport& report) {
  const SpeedFacts& facts = report.facts;
  std::string table = without_trailing_spaces(row("read bandwidth", report.read_bandwidth_bytes_per_s, 1e9, "GB/s"));
  table += row("integer matrix rate", report.matmul_ops_per_s, 1e9, "Gop/s", facts.matmul_instruction) + "\n";
  if (report.bf16_ops_per_s) {
    table += row("bf16 matrix rate", *report.bf16_ops_per_s, 1e9, "Gop/s", facts.bf16_instruction) + "\n";
  }
  return table;
}

Json split_json(const models::DeviceSplit& split) {
  Json json;
  models::each_setting(split, [&](const char* name, std::size_t value) { json[name] = value; });
  return json;
}

}  // namespace

std::string speed_json(const SpeedReport& report) {
  const SpeedFacts& facts = report.facts;
  Json json{{"model", facts.model},
            {"isa", facts.isa},
            {"arithmetic", facts.arithmetic},
            {"threads", facts.threads},
            {"split", split_json(facts.split)},
            {"prompt_tokens", facts.prompt_tokens},
            {"decode_tokens", facts.decode_tokens},
            {"repetitions", report.repetitions}};
  json["prefill_tokens_per_s"] = json_of(report.prefill_tokens_per_s);
  json["decode_tokens_per_s"] = json_of(report.decode_tokens_per_s);
  json["batched_decode"] = batches_json(report);
  json["read_bandwidth_bytes_per_s"] = json_of(report.read_bandwidth_bytes_per_s);
  json["read_bandwidth_buffer_bytes"] = facts.bandwidth_buffer_bytes;
  json["bytes_per_token"] = report.bytes_per_token;
  json["decode_fraction_of_bandwidth"] = report.decode_fraction_of_bandwidth;
  json["matmul_ops_per_s"] = json_of(report.matmul_ops_per_s);
  json["matmul_instruction"] = facts.matmul_instruction;
  json["bf16_ops_per_s"] = report.bf16_ops_per_s ? json_of(*report.bf16_ops_per_s) : Json();
  json["prefill_ops_per_s"] = report.prefill_ops_per_s;
  json["prefill_fraction_of_matmul"] = report.prefill_fraction_of_matmul;
  json["load_ms"] = facts.load_ms;
  json["first_token_ms"] = facts.first_token_ms;
  json["memory"] = {{"weights_bytes", facts.memory.weights_bytes},
                    {"kv_bytes", facts.memory.kv_bytes},
                    {"scratch_bytes", facts.memory.scratch_bytes},
                    {"peak_rss_bytes", facts.peak_rss_bytes}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string speed_table(const SpeedReport& report) {
  const SpeedFacts& facts = report.facts;
  std::string table = fmt::format("{}: {} threads, {}, {} arithmetic; median (range) of {}\n\n", facts.model,
                                  facts.threads, facts.isa, facts.arithmetic, report.repetitions);
  table += row(fmt::format("prefill, {} tokens", facts.prompt_tokens), report.prefill_tokens_per_s, 1, "tokens/s",
               fmt::format("{:.1f}% of the matrix rate", 100 * report.prefill_fraction_of_matmul)) +
           "\n";
  table += row(fmt::format("decode, {} tokens", facts.decode_tokens), report.decode_tokens_per_s, 1, "tokens/s",
               fmt::format("{:.1f}% of the read bandwidth ({:.1f} MB a token)",
                           100 * report.decode_fraction_of_bandwidth, report.bytes_per_token / 1e6)) +
           "\n";
  for (const BatchSpeed& batch : report.batches) {
    const double factor = batch.tokens_per_s.median / report.batches.front().tokens_per_s.median;
    table += row(fmt::format("decode, {} together", batch.sequences), batch.tokens_per_s, 1, "tokens/s",
                 fmt::format("{:.2f} times {}", factor, report.batches.front().sequences)) +
             "\n";
  }
  table += "\n";
  table += ceilings_table(report);
  table += "\n";
  table += fmt::format("load {:.0f} ms, first token after {:.0f} ms\n", facts.load_ms, facts.first_token_ms);
  table += fmt::format(
      "memory {:.0f} MB at most: weights {:.0f}, KV cache {:.0f}, scratch {:.0f}\n",
      static_cast<double>(facts.peak_rss_bytes) / 1e6, static_cast<double>(facts.memory.weights_bytes) / 1e6,
      static_cast<double>(facts.memory.kv_bytes) / 1e6, static_cast<double>(facts.memory.scratch_bytes) / 1e6);
  return table;
}

}  // namespace minnow::cli
