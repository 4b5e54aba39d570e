// One direction of an HTTP/1.x connection, read message by message.
#pragma once

#include <cstdint>

#include "base/bytes.h"
#include "base/input_buffer.h"
#include "base/limits.h"
#include "protocols/support/http_body.h"
#include "protocols/support/http_head.h"

namespace parlance {

/// Feed it, then ask for what happened next until it needs more:
///
///     reader.feed(octets);
///     while ((event = reader.next(limits)) != HttpReader::Event::need_more) ...
///     reader.settle();
class HttpReader {
 public:
  enum class Event : uint8_t {
    need_more,
    start_line,  ///< head() has its start line
    head,        ///< head() is whole: call begin_body() before next()
    body,        ///< the message is over; head() and kept body are still there
    not_http,    ///< not a message, or beyond the limits: ask no more
  };

  void feed(Bytes octets);
  Event next(const Limits& limits);
  /// Keeps what was not used. Call it once after each feed().
  void settle();

  const HttpHead& head() const { return reader_.head(); }
  HttpBody& body() { return body_; }
  /// Octets behind what was fed that make no difference.
  uint64_t unwanted() const { return state_ == State::body ? body_.unwanted() : 0; }
  void begin_body(HttpBody::Framing framing, uint64_t length, size_t keep) {
    body_.start(framing, length, keep);
  }

  /// After a message: read nothing until resume(), because HTTP may have ended here.
  void pause() { state_ = State::paused; }
  void resume() { state_ = State::head; }
  bool paused() const { return state_ == State::paused; }

  /// The beginning was not captured: a message may begin here, or somewhere later.
  void begin_midstream() { recovering_ = true; }
  /// From here on look for a start line at the beginning of what is fed.
  void lose();
  bool lost() const { return state_ == State::lost; }
  /// Octets passed over in that search.
  uint64_t lost_octets() const { return lost_octets_; }
  /// Octets are missing: goes on behind them if they were all of one body, else lose()s.
  void skip_gap(uint64_t length);

  /// Gives away what is kept (when HTTP has ended) and forgets it at the next settle().
  Bytes take_rest();
  size_t kept() const { return input_.kept(); }
  /// Anything was ever fed.
  bool heard() const { return heard_; }

 private:
  enum class State : uint8_t { head, body, paused, lost };
  Event next_line(const Limits& limits);
  Event not_http();
  Bytes rest() const { return view_.subspan(used_); }

  State state_ = State::head;
  InputBuffer input_;
  Bytes view_;
  size_t used_ = 0;
  size_t searched_ = 0;  // octets at the front of rest() that hold no line end
  bool fresh_ = true;    // the next line begins a message
  bool heard_ = false;
  bool recovering_ = false;  // the start line is only hoped for
  uint64_t lost_octets_ = 0;
  HttpHeadReader reader_;
  HttpBody body_;
};

}  // namespace parlance
