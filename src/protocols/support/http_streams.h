// The streams of an HTTP/2 or HTTP/3 connection: which answer belongs to which request, bodies put
// together, and the streams that are tunnels. Both versions frame alike at this height (RFC 9113
// section 8, RFC 9114 section 4); who reads the frames says here what they hold.
//
// Of ordinary streams there are thousands, and a flow has few channels: their bodies go into those of
// HttpExchange, whichever stream they came in. A CONNECT stream is a conversation of its own and has a
// channel of its own, Limits::http_tunnels of them, those that wait for their answer included: what runs in
// a connection's tunnels shows in its first ones, and a channel stays with its flow, because evidence names it. Streams beyond Limits::http_streams
// push out the oldest that is no tunnel; a stream that ends frees its place.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocols/parser.h"
#include "protocols/support/http_exchange.h"
#include "protocols/support/http_head.h"

namespace parlance {

class HttpStreams {
 public:
  /// The http.version of the record, "2" or "3".
  explicit HttpStreams(std::string_view version) : version_(version), exchange_(version) {}

  /// A request's head; `ends` if nothing follows in that direction.
  void request(uint64_t stream, const HttpHead& head, bool ends, Findings& findings);
  /// An answer's head. Interim ones (1xx) are answers as well.
  void answer(uint64_t stream, const HttpHead& head, bool ends, Findings& findings);
  /// A request that was made elsewhere: in the HTTP/1.1 head that asked for h2c, or promised by the server.
  void expect(uint64_t stream, std::string_view method, const Findings& findings);
  /// Octets of DATA.
  void data(uint64_t stream, Direction direction, Bytes octets, Findings& findings);
  /// A DATA frame is over.
  void data_over(uint64_t stream, Direction direction, Findings& findings);
  /// The direction of the stream ended, with DATA or with trailers.
  void end(uint64_t stream, Direction direction, Findings& findings);
  /// The stream is over, and what was incomplete is lost.
  void reset(uint64_t stream) { drop(stream); }
  /// `length` octets of DATA are missing, 0 if nobody knows how many; of all streams if nobody knows of
  /// which.
  void gap(uint64_t stream, Direction direction, uint64_t length, Findings& findings);
  void gap_everywhere(Direction direction, Findings& findings);
  /// The server's heads cannot be read (any more): a tunnel is taken for granted once both sides, or the
  /// client for long, send as if it were.
  void lose_answers() { answers_lost_ = true; }
  /// Nothing more comes. Tunnels that wait for an answer which cannot be read are taken for granted.
  void close(Findings& findings);

  bool knows(uint64_t stream) const { return streams_.count(stream) != 0; }
  const HttpExchange& exchange() const { return exchange_; }
  /// The server takes extended CONNECT: a tunnel may be asked for as late as one likes.
  void expect_tunnels() { tunnels_offered_ = true; }
  /// So many messages came that none of a new kind will.
  bool exhausted() const;
  /// Somebody listens to bodies or to a tunnel, or a CONNECT waits for its answer.
  bool listening(const Findings& findings) const;

 private:
  struct Side {
    HttpContent content;        ///< of the message whose body is wanted
    std::vector<uint8_t> kept;  ///< of its body, or of a tunnel that is not open yet
    size_t wanted = 0;          ///< octets of it
    size_t walked = 0;          ///< whole messages at the front of `kept`
    bool cut = false;           ///< not all of it could be kept
    bool ended = false;
  };
  struct Stream {
    std::string method;
    std::optional<HttpHead> connect;  ///< waits for its answer
    std::optional<ChannelId> tunnel;
    std::array<Side, 2> sides;
  };

  Stream* find(uint64_t stream);
  Stream* make(uint64_t stream, const Findings& findings);
  void drop(uint64_t stream);
  void begin_body(Stream& stream, Direction direction, const HttpHead& head, bool ends,
                  const Findings& findings);
  void await_answer(Stream& stream, const HttpHead& request, const Findings& findings);
  void grant(Stream& stream, const HttpHead* answer, Findings& findings);
  void keep(Side& side, Bytes octets, const Findings& findings);
  void release(Side& side);
  void unwant(Side& side);

  std::string_view version_;
  HttpExchange exchange_;
  std::map<uint64_t, Stream> streams_;  // by number: the first is the oldest
  std::vector<ChannelId> tunnels_;
  bool answers_lost_ = false;
  bool tunnels_offered_ = false;
  size_t kept_ = 0;  // octets, of all streams
};

}  // namespace parlance
