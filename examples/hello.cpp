// hello [MODEL.gguf [PROMPT]]: streams an answer, then says how sure the model was of each token.
#include <iostream>
#include <minnow/minnow.hpp>

int main(int argc, char** argv) try {
  auto model = argc > 1 ? minnow::Model::load(argv[1]) : minnow::Model::embedded();
  minnow::Chat chat(model, {.sampling = {.temperature = 0}});
  auto answer = chat.answer(argc > 2 ? argv[2] : "turn on the kitchen light",
                            {.max_tokens = 48, .logprobs = 3, .on_token = [](const auto& token) {
                               std::cout << token.text << std::flush;
                               return true;
                             }});
  std::cout << "\n";
  for (const auto& token : answer.tokens) std::cout << model.detokenize({{token.id}}) << "\t" << token.logprob << "\n";
} catch (const minnow::Error& error) {
  std::cerr << "hello: " << error.what() << "\n";
  return 1;
}
