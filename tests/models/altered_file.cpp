#include "models/altered_file.hpp"

#include "formats/gguf_writer.hpp"
#include "minnow/error.hpp"
#include "models/decoder.hpp"
#include "models/family_data.hpp"
#include "temporary_folder.hpp"

namespace minnow::testing {

formats::GgufFile altered(const std::string& family, const Alteration& alteration) {
  const auto original = formats::GgufFile::open(family_gguf(family));
  std::vector<AlteredTensor> tensors;
  for (const formats::TensorInfo& tensor : original.tensors()) {
    const auto bytes = original.data(tensor);
    tensors.push_back({.name = tensor.name,
                       .shape = {tensor.shape.begin(), tensor.shape.begin() + static_cast<long>(tensor.n_dimensions)},
                       .format = tensor.format,
                       .bytes = {bytes.begin(), bytes.end()}});
  }
  formats::GgufWriter out;
  out.metadata() = original.metadata();
  if (alteration.metadata) alteration.metadata(out.metadata());
  if (alteration.tensors) alteration.tensors(tensors);
  for (const AlteredTensor& tensor : tensors) out.add_tensor(tensor.name, tensor.format, tensor.shape);
  const auto path = process_folder() / "altered.gguf";
  std::size_t next = 0;
  out.write(path,
            [&](const formats::TensorInfo&, const formats::GgufWriter::Sink& sink) { sink(tensors[next++].bytes); });
  return formats::GgufFile::open(path);
}

std::string refusal(const std::string& family, const Alteration& alteration) {
  const auto file = altered(family, alteration);
  ThreadPool pool(1);
  try {
    models::Decoder::load(file, kernels::active_kernels(), pool);
    return "";
  } catch (const Error& error) {
    return error.what();
  }
}

}  // namespace minnow::testing
