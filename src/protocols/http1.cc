// HTTP/1.0 and HTTP/1.1 (RFC 9110, RFC 9112): requests and answers of one connection, what follows
// an Upgrade or a CONNECT, and the bodies in which something may speak (BOSH, long polling).
//
// Each direction is read by itself, so a capture of one side alone is read as well; the two meet in
// the queue of requests that wait for their answers, because HEAD, CONNECT and Upgrade decide how
// an answer ends.
#include <optional>
#include <vector>

#include "protocols/parser.h"
#include "protocols/support/http_exchange.h"
#include "protocols/support/http_meaning.h"
#include "protocols/support/http_reader.h"

namespace parlance {
namespace {

constexpr size_t kMessages = 2048;  // of both directions; what has not switched by then will not
constexpr size_t kWaitingRequests = 64;  // pipelined ahead of their answers
constexpr uint64_t kLostOctets =
    uint64_t{4} * 1024 * 1024;                          // passed over in search of a start line
constexpr uint64_t kLostAtStart = uint64_t{64} * 1024;  // the same before anything was recognised

class Http1 : public Parser {
 public:
  explicit Http1(const Start& start) {
    if (!start.midstream) return;
    for (HttpReader& each : readers_) each.begin_midstream();
  }

  void data(Direction direction, Bytes octets, Findings& findings) override;
  void gap(Direction direction, uint64_t length, Findings& findings) override;
  void end(Direction direction, Findings& findings) override;

 private:
  struct Waiting {
    std::string method;
    bool switches = false;
  };

  HttpReader& reader(Direction direction) { return readers_[index(direction)]; }
  void read(Direction direction, Bytes octets, Findings& findings);
  void handle(HttpReader::Event event, Direction direction, Findings& findings);
  void start_line(Direction direction, Findings& findings);
  void head(Direction direction, Findings& findings);
  void request_head(const HttpHead& head);
  Waiting answer_head(const HttpHead& head, Findings& findings);
  void body_over(Direction direction, Findings& findings);
  void deliver_body(Direction direction, Findings& findings);
  void say(Direction direction, const HttpHead& head, Findings& findings);
  void switch_protocol(const HttpHead* answer, Findings& findings);
  void flush_into_tunnel(Findings& findings);
  void leave(std::string_view reason, Findings& findings);

  HttpReader readers_[2];
  std::optional<Direction> client_;  // who sends requests, once that was seen
  std::vector<Waiting> waiting_;  // few: most clients wait for the answer; the first is the oldest
  std::optional<HttpHead> switching_;  // the request that may end HTTP here
  std::string key3_;                   // the 8 octets that followed a hixie-76 request
  std::optional<ChannelId> tunnel_;
  HttpExchange exchange_{""};
  bool said_line_ = false, said_head_ = false, said_exchange_ = false, over_ = false;
};

void Http1::data(Direction direction, Bytes octets, Findings& findings) {
  if (tunnel_) {
    findings.deliver(*tunnel_, direction, octets);
    if (!findings.listening(*tunnel_)) leave({}, findings);
    return;
  }
  read(direction, octets, findings);
  // An answer may have set free what the other side had sent already.
  HttpReader& other = reader(opposite(direction));
  if (!over_ && !tunnel_ && !other.paused() && other.kept() > 0) {
    read(opposite(direction), {}, findings);
  }
  if (!over_ && tunnel_) flush_into_tunnel(findings);
}

void Http1::read(Direction direction, Bytes octets, Findings& findings) {
  HttpReader& mine = reader(direction);
  mine.feed(octets);
  while (!over_ && !tunnel_) {
    const HttpReader::Event event = mine.next(findings.limits());
    if (event == HttpReader::Event::need_more) break;
    handle(event, direction, findings);
  }
  mine.settle();
  if (over_ || tunnel_) return;
  // Of answers alone: what the client sends belongs to a tunnel as soon as the server agrees to one.
  const bool is_answer = mine.head().kind == HttpHead::Kind::response;
  if (is_answer && mine.unwanted() > 0) findings.may_skip(direction, mine.unwanted());
  if (mine.paused() && mine.kept() > findings.limits().header_block_octets) {
    // If nothing of the other side was captured, the request was granted: a client that was refused
    // would not go on like this.
    if (reader(opposite(direction)).heard()) return leave({}, findings);
    switch_protocol(nullptr, findings);
  }
  if (mine.lost_octets() > (said_line_ ? kLostOctets : kLostAtStart)) {
    leave("no start line was found", findings);
  }
}

void Http1::handle(HttpReader::Event event, Direction direction, Findings& findings) {
  switch (event) {
    case HttpReader::Event::need_more:
      break;
    case HttpReader::Event::start_line:
      return start_line(direction, findings);
    case HttpReader::Event::head:
      return head(direction, findings);
    case HttpReader::Event::body:
      return body_over(direction, findings);
    case HttpReader::Event::not_http:
      return leave("no HTTP/1.x message", findings);
  }
}

void Http1::start_line(Direction direction, Findings& findings) {
  const HttpHead& head = reader(direction).head();
  const bool request = head.kind == HttpHead::Kind::request;
  const Direction client = request ? direction : opposite(direction);
  if (client_.value_or(client) != client) return leave("both sides send the same", findings);
  client_ = client;
  if (said_line_) return;
  said_line_ = true;
  findings.confirm(Strength::strong, request ? "request-line" : "status-line",
                   {direction, head.offset, as_bytes(shown_of(head))},
                   request ? "a request line with its HTTP/1.x version"
                           : "a status line with its HTTP/1.x version");
}

void Http1::head(Direction direction, Findings& findings) {
  HttpReader& mine = reader(direction);
  const HttpHead& head = mine.head();
  if (exchange_.heads() == kMessages) return leave({}, findings);
  say(direction, head, findings);
  const bool answer = head.kind == HttpHead::Kind::response;
  Waiting request;
  if (answer) {
    request = answer_head(head, findings);
    if (tunnel_) return;
  } else {
    request_head(head);
  }
  const HttpFraming framing = framing_of(head, request.method);
  const size_t wanted = is_hixie76(head) ? findings.limits().message_octets
                                         : exchange_.wanted(head, framing, findings);
  mine.begin_body(framing.kind, framing.length, wanted);
  if (framing.kind == HttpBody::Framing::until_close && wanted == 0) leave({}, findings);
}

void Http1::request_head(const HttpHead& head) {
  if (waiting_.size() == kWaitingRequests) waiting_.erase(waiting_.begin());
  waiting_.push_back({head.method, may_switch(head)});
  if (waiting_.back().switches) switching_ = head;
}

// The request that an answer belongs to. Opens the tunnel if HTTP ends with this answer.
Http1::Waiting Http1::answer_head(const HttpHead& head, Findings& findings) {
  if (head.status == 101 && (head.find("upgrade") != nullptr || switching_)) {
    switch_protocol(&head, findings);
    return {};
  }
  if (head.status < 200 || waiting_.empty()) return {};  // 100 and 103 come before the answer
  Waiting request = std::move(waiting_.front());
  waiting_.erase(waiting_.begin());
  if (!request.switches) return request;
  if (request.method == "CONNECT" && head.status < 300) {
    switch_protocol(&head, findings);
    return request;
  }
  switching_.reset();  // refused: the client goes on with HTTP
  HttpReader& client = reader(*client_);
  if (client.paused()) client.resume();
  return request;
}

void Http1::body_over(Direction direction, Findings& findings) {
  HttpReader& mine = reader(direction);
  const bool request = mine.head().kind == HttpHead::Kind::request;
  if (request && is_hixie76(mine.head())) {
    key3_ = as_text(mine.body().kept());
  } else {
    deliver_body(direction, findings);
  }
  mine.body().unwant();
  if (request && switching_ && may_switch(mine.head())) mine.pause();
}

void Http1::deliver_body(Direction direction, Findings& findings) {
  HttpReader& mine = reader(direction);
  const Bytes kept = mine.body().kept();
  if (!kept.empty()) exchange_.body(direction, content_of(mine.head()), kept, findings);
}

void Http1::say(Direction direction, const HttpHead& head, Findings& findings) {
  const Place place{direction, head.offset, as_bytes(shown_of(head))};
  if (!said_head_ && !head.fields.empty() && head.malformed == 0) {
    said_head_ = true;
    findings.confirm(Strength::proof, "header-block", place,
                     "a start line and a whole block of well-formed header fields");
  }
  exchange_.head(direction, head, findings);
  if (!said_exchange_ && exchange_.both()) {
    said_exchange_ = true;
    findings.confirm(Strength::proof, "exchange", place,
                     "a request and an answer, both well-formed");
  }
}

// HTTP ends here and another protocol begins, in each direction right behind its last HTTP octet.
// `answer` is nullptr if only the client was captured.
void Http1::switch_protocol(const HttpHead* answer, Findings& findings) {
  const HttpHead* request = switching_ ? &*switching_ : nullptr;
  const bool connect = request != nullptr && request->method == "CONNECT";
  const HttpHead* says = answer != nullptr && answer->find("upgrade") != nullptr ? answer : request;
  if (!connect && says != nullptr && names_websocket(*says)) {
    tunnel_ = findings.open_as("websocket", Carrier::tcp, Unit::bytes,
                               websocket_parameters(request, answer, key3_));
    // An agreed WebSocket may stay silent: let the parser look at the handshake now.
    findings.deliver(*tunnel_, opposite(client_.value_or(Direction::to_server)), {});
  } else if (!connect && answer != nullptr && names_h2c(*answer)) {
    tunnel_ = findings.open_as("http2", Carrier::tcp, Unit::bytes, h2c_parameters(request));
  } else {
    tunnel_ = findings.open(Carrier::tcp, Unit::bytes);
  }
}

void Http1::flush_into_tunnel(Findings& findings) {
  const Direction client = client_.value_or(Direction::to_server);
  for (const Direction each : {client, opposite(client)}) {
    HttpReader& mine = reader(each);
    if (mine.lost() && mine.heard()) findings.deliver_gap(*tunnel_, each, 0);
    const Bytes rest = mine.take_rest();
    if (!rest.empty()) findings.deliver(*tunnel_, each, rest);
    mine.settle();
  }
}

void Http1::gap(Direction direction, uint64_t length, Findings& findings) {
  if (tunnel_) {
    findings.deliver_gap(*tunnel_, direction, length);
    if (!findings.listening(*tunnel_)) leave({}, findings);
    return;
  }
  HttpReader& mine = reader(direction);
  mine.skip_gap(length);
  if (mine.lost() && client_ == direction) waiting_.clear();
}

void Http1::end(Direction direction, Findings& findings) {
  if (tunnel_) return;
  HttpReader& mine = reader(direction);
  if (mine.body().until_close()) return deliver_body(direction, findings);
  if (mine.paused() && mine.kept() > 0 && !reader(opposite(direction)).heard()) {
    switch_protocol(nullptr, findings);
    flush_into_tunnel(findings);
  }
}

void Http1::leave(std::string_view reason, Findings& findings) {
  over_ = true;
  if (said_line_) {
    findings.finish();
  } else {
    findings.refute(reason.empty() ? std::string_view("no HTTP/1.x message") : reason);
  }
}

}  // namespace

extern const ParserModule kHttp1;
const ParserModule kHttp1{"http1", Unit::bytes, [](const Start& start) -> std::unique_ptr<Parser> {
                            return std::make_unique<Http1>(start);
                          }};

}  // namespace parlance
