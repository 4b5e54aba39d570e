// One direction of an XMPP conversation: its XML, read into the record of what was seen.
#pragma once

#include <cstdint>
#include <string_view>

#include "protocols/parser.h"
#include "protocols/support/xml_reader.h"
#include "protocols/support/xmpp_record.h"

namespace parlance {

class XmppStream {
 public:
  /// What stands around the stanzas.
  enum class Framing : uint8_t {
    stream,     ///< one document, its root <stream:stream> (RFC 6120 section 4)
    fragment,   ///< the same, but the root was not seen
    websocket,  ///< no document: an element a message (RFC 7395)
    bosh,       ///< a <body/> a message (XEP-0124)
  };
  enum class State : uint8_t {
    reading,
    ended,   ///< the root was closed
    stray,   ///< text where XMPP has none
    broken,  ///< anything else that is not XMPP; reason() says what
  };

  /// With `doubtful` the first child of the root is read but not reported: that another follows it
  /// at once shows that the stream was not picked up inside some other text.
  XmppStream(Direction direction, Framing framing, const Limits& limits, bool doubtful = false);

  /// Reads what stands at the front of `view`, which is `offset` in its direction's stream. Returns
  /// the octets used; 0 if more are needed or state() is no longer reading.
  size_t step(Bytes view, uint64_t offset, XmppRecord& record, Findings& findings);

  State state() const { return state_; }
  std::string_view reason() const { return xml_.reason().empty() ? reason_ : xml_.reason(); }
  /// A child of the root ended with the last step; ended_child() says which.
  bool child_ended() const { return child_has_ended_; }
  XmppElement ended_child() const { return child_; }
  /// Elements that are open; 1 between stanzas.
  size_t depth() const { return xml_.depth(); }

 private:
  void opened(size_t depth, const Place& tag, XmppRecord& record, Findings& findings);
  void closed(size_t depth, XmppRecord& record, Findings& findings);
  void root(const Place& tag, XmppRecord& record, Findings& findings);
  void child(const Place& tag, XmppRecord& record, Findings& findings);
  void fail(std::string_view reason);

  Direction direction_;
  Framing framing_;
  XmlReader xml_;
  State state_ = State::reading;
  std::string_view reason_;
  uint64_t root_offset_ = 0;
  uint64_t child_offset_ = 0;
  XmppElement child_ = XmppElement::other;
  bool child_has_ended_ = false;
  bool silent_;
  bool bosh_speaks_xmpp_ = false;
};

}  // namespace parlance
