#include "protocols/support/xml_reader.h"

#include <gtest/gtest.h>

namespace parlance::test {
namespace {

using Event = XmlReader::Event;

/// All events of a text, read in pieces of `piece` octets.
std::vector<Event> events_of(const std::string& text, size_t piece, bool inside = false) {
  XmlReader reader(Limits{}, inside);
  std::vector<Event> events;
  std::string view;
  for (size_t at = 0; at < text.size(); at += piece) {
    view += text.substr(at, piece);
    for (;;) {
      const auto [event, used] = reader.next(as_bytes(view));
      view.erase(0, used);
      if (event == Event::need_more) break;
      // Text comes in as many events as it was cut into.
      if (event != Event::text || events.empty() || events.back() != Event::text) {
        events.push_back(event);
      }
      if (event == Event::stray || event == Event::forbidden || event == Event::damaged) {
        EXPECT_FALSE(reader.reason().empty());
        return events;
      }
    }
  }
  return events;
}

TEST(XmlReader, gives_a_tag_at_a_time_whatever_the_pieces) {
  const std::string text =
      "<?xml version='1.0'?><a b='>'><c/>\n<d>t&amp;\xc3\xa9<![CDATA[]] ></x>]]]></d></a>";
  const std::vector<Event> expected = {Event::declaration, Event::open, Event::empty, Event::text,
                                       Event::open,        Event::text, Event::close, Event::close};
  for (size_t piece = 1; piece <= text.size(); ++piece)
    EXPECT_EQ(events_of(text, piece), expected) << piece;
}

TEST(XmlReader, names_come_with_their_namespaces) {
  XmlReader reader{Limits{}};
  const std::string tag = "<s:a xmlns:s='urn:x' xmlns='urn:y' b='1&lt;' s:c='2'>";
  EXPECT_EQ(reader.next(as_bytes(tag)).used, tag.size());
  const XmlElement& element = reader.element();
  EXPECT_EQ(element.space, "urn:x");
  EXPECT_EQ(element.name, "a");
  EXPECT_EQ(element.attribute("b"), "1<");
  EXPECT_EQ(element.attribute("c"), "");
  EXPECT_EQ(element.attribute("urn:x\nc"), "2");
  EXPECT_EQ(element.default_space(), "urn:y");
}

TEST(XmlReader, text_is_kept_up_to_a_bound) {
  XmlReader reader(Limits{}, true);
  EXPECT_EQ(reader.next(as_bytes("<m>")).event, Event::open);
  reader.next(as_bytes("word"));
  EXPECT_EQ(reader.next(as_bytes("</m>")).event, Event::close);
  EXPECT_EQ(reader.text(), "word");
  reader.next(as_bytes("<m>"));
  reader.next(as_bytes(std::string(100'000, 'x')));
  EXPECT_LE(reader.text().size(), 256U);
}

TEST(XmlReader, a_stream_inside_a_stream_starts_over) {
  XmlReader reader{Limits{}};
  reader.next(as_bytes("<s:stream xmlns:s='x'>"));
  EXPECT_EQ(reader.next(as_bytes("<s:stream xmlns:s='y'>")).event, Event::open);
  EXPECT_EQ(reader.depth(), 1U);
  EXPECT_EQ(reader.element().space, "y");
  reader.next(as_bytes("<a>"));
  EXPECT_EQ(reader.next(as_bytes("<stream>")).event, Event::open);
  EXPECT_EQ(reader.depth(), 3U) << "but not inside a stanza";
}

TEST(XmlReader, document_types_and_their_bombs_are_never_read) {
  EXPECT_EQ(events_of("<!DOCTYPE lolz [<!ENTITY lol 'lol'><!ENTITY lol2 '&lol;&lol;'>]>", 7).back(),
            Event::forbidden);
  EXPECT_EQ(events_of("<r><a>&lol;</a>", 3).back(), Event::damaged);
  EXPECT_EQ(events_of("<r><a>&lol", 1).back(), Event::open) << "waits for the reference's end";
  EXPECT_EQ(events_of("<r><a>&loooooooooooooooooooooooooooool", 1).back(), Event::damaged);
}

TEST(XmlReader, what_is_not_well_formed_is_damaged) {
  for (const char* text :
       {"<a></b>", "<a b=1>", "<a b='1' b='2'>", "<x:a>", "<a <b>", "<a b='<'>", "<1>", "</a>",
        "</r></r>", "<a>\xff</a>", "<a>\x01</a>", "<a><?xml version='1.0'?>x"}) {
    EXPECT_EQ(events_of("<r>" + std::string(text), 64).back(), Event::damaged) << text;
  }
}

TEST(XmlReader, depth_is_bounded) {
  std::string text;
  for (int i = 0; i < 100; ++i) text += "<a>";
  EXPECT_EQ(events_of(text, text.size()).size(), Limits{}.xml_depth + 1);
  EXPECT_EQ(events_of(text, text.size()).back(), Event::damaged);
}

}  // namespace
}  // namespace parlance::test
