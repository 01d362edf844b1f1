#include "server/chat_request.hpp"

#include <utility>

#include "engine/loaded_model.hpp"
#include "server/error_reply.hpp"

namespace minnow::server {
namespace {

constexpr std::int64_t kMostTopLogprobs = 20;

// Content is a string, or parts of which only text can be read here.
std::string read_content(const Fields& message) {
  const Json* content = message.find("content");
  if (content == nullptr) return "";
  if (content->is_string()) return content->get<std::string>();
  if (!content->is_array()) message.refuse("content", "must be a string or an array of parts");
  std::string text;
  for (std::size_t i = 0; i < content->size(); ++i) {
    const Fields part((*content)[i], message.path_of("content") + "[" + std::to_string(i) + "]");
    const std::string type = part.text("type").value_or("");
    if (type != "text" && type != "input_text" && type != "output_text") {
      part.refuse("type", "must be \"text\": this model reads nothing else");
    }
    const auto own = part.text("text");
    if (!own) part.refuse("text", "is missing");
    text += *own;
  }
  return text;
}

// Templates expect the arguments of a call as an object, the API carries them as text.
Json read_tool_calls(const Fields& message, const Json& list) {
  Json calls = list;
  for (std::size_t i = 0; i < calls.size(); ++i) {
    const std::string path = message.path_of("tool_calls") + "[" + std::to_string(i) + "]";
    const Fields call(calls[i], path);
    call.text("id");
    if (call.text("type").value_or("function") != "function") call.refuse("type", "must be function");
    const Json* function = call.object("function");
    if (function == nullptr) call.refuse("function", "is missing");
    const Fields inner(*function, path + ".function");
    if (!inner.text("name")) inner.refuse("name", "is missing");
    const Json* arguments = inner.find("arguments");
    if (arguments == nullptr) inner.refuse("arguments", "is missing");
    if (arguments->is_object()) continue;
    if (!arguments->is_string()) inner.refuse("arguments", "must be a JSON object, as text");
    const std::string source = arguments->get<std::string>();
    try {
      calls[i]["function"]["arguments"] = source.empty() ? Json::object() : parse_body(source);
    } catch (const std::exception&) {
      inner.refuse("arguments", "must be a JSON object, as text");
    }
  }
  return calls;
}

ChatMessage read_message(const Json& value, const std::string& path) {
  const Fields message(value, path);
  ChatMessage read{.role = message.text("role").value_or(""), .content = read_content(message)};
  if (read.role == "developer") read.role = "system";
  if (read.role == "function") read.role = "tool";
  if (read.role != "system" && read.role != "user" && read.role != "assistant" && read.role != "tool") {
    message.refuse("role", "must be system, developer, user, assistant or tool");
  }
  Json extra = Json::object();
  if (const Json* calls = message.array("tool_calls"); calls != nullptr && !calls->empty()) {
    extra["tool_calls"] = read_tool_calls(message, *calls);
  }
  for (const char* name : {"tool_call_id", "name", "reasoning_content"}) {
    if (const auto text = message.text(name)) extra[name] = *text;
  }
  if (!extra.empty()) read.extra_json = dump(extra);
  return read;
}

std::optional<text::ToolChoice> read_tool_choice(const Fields& fields) {
  using Kind = text::ToolChoice::Kind;
  text::ToolChoice choice{.parallel = fields.flag("parallel_tool_calls", true)};
  const Json* value = fields.find("tool_choice");
  if (value == nullptr || *value == "auto") return choice;
  if (*value == "none") return std::nullopt;
  choice.kind = Kind::required;
  if (*value == "required") return choice;
  if (!value->is_object()) fields.refuse("tool_choice", "must be auto, none, required or an object");
  const Fields named(*value, "tool_choice");
  const Json* function = named.object("function");
  const auto name = function != nullptr ? Fields(*function, "tool_choice.function").text("name") : named.text("name");
  if (!name) named.refuse("function", "must name a function");
  choice.kind = Kind::named;
  choice.name = *name;
  return choice;
}

void read_tools(const Fields& fields, ChatRequest& request) {
  if (fields.find("functions") != nullptr) fields.refuse("functions", "is not supported; use tools");
  const Json* tools = fields.array("tools");
  auto tool_choice = read_tool_choice(fields);
  if (tools == nullptr || tools->empty()) {
    if (const Json* choice = fields.find("tool_choice"); choice != nullptr && *choice != "none" && *choice != "auto") {
      fields.refuse("tool_choice", "needs tools");
    }
    return;
  }
  request.tool_choice = std::move(tool_choice);
  if (!request.tool_choice) return;
  if (request.constraint.kind != Constraint::Kind::none) {
    throw ApiError(400, "response_format and tools can't be used together, unless tool_choice is none");
  }
  request.template_options.tools_json = dump(*tools);
}

// A template that knows no tools leaves it to us to tell the model of them: at the beginning of its first message.
void show_tools(const text::ToolDialect& dialect, const std::string& tools_json, std::vector<ChatMessage>& messages) {
  std::string told = "You can call these functions:\n" + tools_json + "\nTo call one, answer with nothing but " +
                     dialect.open + "{\"name\": <its name>, \"" + dialect.arguments + "\": <an object>}" +
                     dialect.close + ". Call one only when it helps.";
  if (messages.empty()) return;
  std::string& first = messages.front().content;
  first = first.empty() ? told : told + "\n\n" + first;
}

}  // namespace

std::vector<ChatMessage> read_messages(const Fields& fields, const std::vector<std::string>& message_paths) {
  const Json* list = fields.array("messages");
  if (list == nullptr) fields.refuse("messages", "is missing");
  if (list->empty()) fields.refuse("messages", "is empty");
  std::vector<ChatMessage> messages;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const std::string path = message_paths.empty() ? "messages[" + std::to_string(i) + "]" : message_paths.at(i);
    messages.push_back(read_message((*list)[i], path));
  }
  return messages;
}

ChatRequest read_chat_request(const Fields& fields, const AnswerDefaults& defaults,
                              const std::vector<std::string>& message_paths) {
  ChatRequest request{.messages = read_messages(fields, message_paths),
                      .answer = read_answer_options(fields, defaults)};
  request.answer.max_tokens = read_max_tokens(fields, {"max_completion_tokens", "max_tokens"}, defaults);
  const auto top = fields.integer("top_logprobs", 0, kMostTopLogprobs);
  if (fields.flag("logprobs"))
    request.answer.logprobs = static_cast<std::size_t>(top.value_or(0));
  else if (top)
    fields.refuse("top_logprobs", "needs logprobs");
  request.constraint = read_constraint(fields);
  read_tools(fields, request);
  if (const Json* extra = fields.object("chat_template_kwargs")) request.template_options.extra_json = dump(*extra);
  return request;
}

std::size_t text_bytes(const std::vector<ChatMessage>& messages) {
  std::size_t n_bytes = 0;
  for (const ChatMessage& message : messages) n_bytes += message.content.size() + message.extra_json.size();
  return n_bytes;
}

std::optional<text::ToolCallParser> call_parser(const ServedModel& model, const ChatRequest& request) {
  if (!request.tool_choice) return std::nullopt;
  return text::ToolCallParser(model.tool_dialect(), request.tool_choice->kind != text::ToolChoice::Kind::automatic);
}

std::vector<TokenId> prepare_chat(const ServedModel& model, ChatRequest& request) {
  if (!model.model().has_chat_template()) {
    throw ApiError(400, "model '" + model.id() + "' has no chat template; use /v1/completions");
  }
  ChatOptions options = request.template_options;
  if (request.tool_choice) {
    const text::ToolDialect& dialect = model.tool_dialect();
    request.answer.grammar =
        engine::loaded_model(model.model())->grammars().get(dialect, options.tools_json, *request.tool_choice);
    if (request.tool_choice->kind == text::ToolChoice::Kind::automatic) {
      request.answer.uncut = {dialect.open, dialect.layout == text::ToolDialect::Layout::bare};
    }
    if (!model.template_knows_tools()) {
      show_tools(model.tool_dialect(), options.tools_json, request.messages);
      options.tools_json.clear();
    }
  } else {
    request.answer.grammar = make_grammar(model, request.constraint);
  }
  if (text_bytes(request.messages) > model.most_text_bytes()) {  // what the template leaves out needs no room
    model.require_room_for(model.model().apply_chat_template(request.messages, options).size());
  }
  return model.model().chat_tokens(request.messages, options);
}

}  // namespace minnow::server
