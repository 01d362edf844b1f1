// minnow runs small language models on the device you have.
//
//   #include <iostream>
//   #include <minnow/minnow.hpp>
//
//   int main() {
//     auto model = minnow::Model::load("model.gguf");
//     minnow::Session session(model, {.context = 2048});
//     auto answer = session.generate("Once upon a time", {.max_tokens = 64, .on_token = [](const auto& token) {
//                                      std::cout << token.text << std::flush;
//                                      return true;
//                                    }});
//     std::cout << "\n" << answer.finish_reason << "\n";
//   }
//
// A Model holds the weights and never changes; a Session is one sequence of tokens with its KV cache; a Chat is a
// Session that keeps messages and speaks through the model's own template. Everything that goes wrong is a
// minnow::Error: a code for programs and one sentence for people.
#pragma once

#include <string_view>

#include "minnow/chat.hpp"
#include "minnow/error.hpp"
#include "minnow/model.hpp"
#include "minnow/session.hpp"

namespace minnow {

// "0.1.0"
std::string_view version() noexcept;

}  // namespace minnow
