#include "report/json_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "base/text.h"

namespace parlance::report {
namespace {

using Json = nlohmann::ordered_json;

constexpr size_t kLongest = 2048;  // octets of a text
const std::string kReplacement = "\xef\xbf\xbd";

template <class Write>
std::string written(Write write) {
  TextBuffer buffer;
  {
    JsonWriter json(buffer);
    write(json);
    json.newline();
  }
  std::string line(buffer.view());
  EXPECT_EQ(line.back(), '\n');
  line.pop_back();
  return line;
}

std::string written_text(const std::string& value) {
  return written([&](JsonWriter& json) { json.text(value); });
}

/// What a reader has of a text.
std::string read_text(const std::string& value) { return Json::parse(written_text(value)).get<std::string>(); }

TEST(JsonWriter, puts_commas_where_they_belong) {
  const std::string text = written([](JsonWriter& json) {
    json.open_object().key("a").number(1).key("b").open_array().close_array();
    json.key("c").open_array().word("x").boolean(true).boolean(false).open_object().close_object();
    json.open_array().number(2).close_array().hex(as_bytes("\x01\xff")).close_array();
    json.key_of("d").path("http", "request").key("e").text("").close_object();
  });
  EXPECT_EQ(text,
            R"({"a":1,"b":[],"c":["x",true,false,{},[2],"01ff"],"d":"http/request","e":""})");
}

TEST(JsonWriter, a_member_is_its_key_and_its_value_wherever_the_room_ends) {
  for (size_t members = 1; members < 400; members += 7) {
    const std::string text = written([&](JsonWriter& json) {
      json.open_object();
      for (size_t i = 0; i < members; ++i) {
        json.member("word", std::string(i % 50, 'w'));
        json.member("number", std::numeric_limits<int64_t>::min());
      }
      json.member("last", uint16_t{7});
      json.close_object();
    });
    std::string expected = "{";
    for (size_t i = 0; i < members; ++i) {
      expected += "\"word\":\"" + std::string(i % 50, 'w') + "\",\"number\":-9223372036854775808,";
    }
    EXPECT_EQ(text, expected + "\"last\":7}");
  }
}

TEST(JsonWriter, writes_the_least_and_the_greatest_numbers) {
  const std::string text = written([](JsonWriter& json) {
    json.open_array();
    json.number(std::numeric_limits<int64_t>::min()).number(std::numeric_limits<uint64_t>::max());
    json.number(0).close_array();
  });
  EXPECT_EQ(text, "[-9223372036854775808,18446744073709551615,0]");
}

TEST(JsonWriter, a_text_may_grow_in_the_middle_wherever_the_room_ends) {
  // The room ends after 4096 characters at first: what is before it moves each value across that place.
  const std::string quoted = "\"\\\x01 é \xff";
  for (size_t before = 4000; before <= 4100; ++before) {
    TextBuffer buffer;
    buffer.append(std::string(before, ' '));
    {
      JsonWriter json(buffer);
      json.open_object().key("text").text(quoted).key("plain").text("plain words").key("n").number(123456789012);
      json.key("hex").hex(as_bytes("octets")).key("yes").boolean(true).key("no").boolean(false);
      json.key("path").path("a", "b").key_of("word").word("w").key("list").open_array().close_array();
      json.close_object();
      json.newline();
    }
    ASSERT_EQ(buffer.view().substr(0, before), std::string(before, ' '));
    const Json read = Json::parse(buffer.view());
    ASSERT_EQ(read.size(), 9u) << before;
    ASSERT_EQ(read["text"], "\"\\" + kReplacement + " é " + kReplacement) << before;
    ASSERT_EQ(read["plain"], "plain words");
    ASSERT_EQ(read["n"], 123456789012);
    ASSERT_EQ(read["hex"], "6f6374657473");
    ASSERT_EQ(read["path"], "a/b");
    ASSERT_EQ(read["word"], "w");
    ASSERT_EQ(buffer.view().back(), '\n');
  }
}

TEST(JsonWriter, many_values_one_after_another_are_all_there) {
  std::mt19937 random(5);
  std::vector<std::string> texts;
  const std::string text = written([&](JsonWriter& json) {
    json.open_array();
    for (int i = 0; i < 500; ++i) {
      texts.push_back(std::string(random() % 60, "x\"\n\x7f"[random() % 4]));
      json.text(texts.back());
    }
    json.close_array();
  });
  EXPECT_EQ(Json::parse(text).get<std::vector<std::string>>(), texts);
}

TEST(JsonWriter, one_special_octet_is_seen_at_any_place_of_any_length) {
  for (size_t length = 1; length <= 50; length += length == 20 ? 11 : 1) {  // of one, two and three steps
    for (size_t place = 0; place < length; ++place) {
      for (int octet = 0; octet < 0x80; ++octet) {
        std::string value(length, 'v');
        value[place] = static_cast<char>(octet);
        const std::string text = written_text(value);
        ASSERT_EQ(Json::parse(text), value) << octet << " at " << place << " of " << length;
        const bool stands = octet >= 0x20 && octet != 0x7f && octet != '"' && octet != '\\';
        ASSERT_EQ(text.size(), length + 2 + (stands ? 0u : octet == '"' || octet == '\\' ? 1u : 5u)) << octet;
      }
    }
  }
}

TEST(JsonWriter, one_octet_that_is_no_ascii_is_seen_at_any_place_of_any_length) {
  for (size_t length = 1; length <= 50; ++length) {
    for (size_t place = 0; place < length; ++place) {
      std::string value(length, 'v');
      value[place] = '\x80';
      ASSERT_EQ(read_text(value), value.replace(place, 1, kReplacement)) << place << " of " << length;
    }
  }
}

TEST(JsonWriter, a_long_text_may_be_escaped_from_its_first_octet_to_its_last) {
  for (const char each : {'\x01', '\x7f', '"', '\\'}) {
    for (const size_t length : {kLongest - 1, kLongest, kLongest + 1, 2 * kLongest}) {
      EXPECT_EQ(read_text(std::string(length, each)), std::string(std::min(length, kLongest), each));
    }
  }
}

TEST(JsonWriter, a_long_text_is_cut_between_characters) {
  for (const std::string character : {"x", "é", "€", "😀"}) {
    for (size_t shift = 0; shift < 4; ++shift) {
      std::string text(shift, '-');
      while (text.size() < kLongest + 10) text += character;
      const size_t kept = shift + (kLongest - shift) / character.size() * character.size();
      EXPECT_EQ(read_text(text), text.substr(0, kept)) << character << " " << shift;
    }
  }
}

TEST(JsonWriter, a_text_of_just_2048_octets_is_whole) {
  std::string text(kLongest - 4, 'x');
  text += "😀";
  EXPECT_EQ(read_text(text), text);
  EXPECT_EQ(read_text(text + "y"), text);
  EXPECT_EQ(read_text("x" + text), "x" + text.substr(0, kLongest - 4)) << "the last would be cut in two";
}

TEST(JsonWriter, octets_that_are_no_utf_8_are_kept_up_to_the_bound) {
  for (const char each : {'\xff', '\xc3', '\x80', '\xbf', '\xf0'}) {
    for (const size_t length : {kLongest, kLongest + 1, kLongest + 3, 3 * kLongest}) {
      const std::string read = read_text("x" + std::string(length, each));
      ASSERT_EQ(read.substr(0, 4), "x" + kReplacement) << static_cast<int>(each) << " " << length;
      ASSERT_GE(read.size(), 1 + (kLongest - 4) * kReplacement.size()) << static_cast<int>(each) << " " << length;
      ASSERT_LE(read.size(), 1 + (kLongest - 1) * kReplacement.size());
      ASSERT_TRUE(is_utf8(as_bytes(read)));
    }
  }
}

/// `octets` as UTF-8, octet by octet: what is ill-formed is replaced, and control characters with it once
/// anything is.
std::string repaired(const std::string& octets) {
  bool valid = true;
  std::string all;
  for (size_t at = 0; at < octets.size();) {
    size_t length = 0;
    for (size_t each = 1; each <= 4 && at + each <= octets.size() && length == 0; ++each) {
      if (Json::accept('"' + octets.substr(at, each) + '"') || (each == 1 && (octets[at] & 0x80) == 0)) length = each;
    }
    const bool control = length == 1 && (static_cast<uint8_t>(octets[at]) < 0x20 || octets[at] == 0x7f);
    valid = valid && length > 0;
    all += length == 0 || control ? kReplacement : octets.substr(at, length);
    at += std::max<size_t>(length, 1);
  }
  return valid ? octets : all;
}

TEST(JsonWriter, any_octets_are_read_as_what_is_well_formed_in_them) {
  std::mt19937 random(6);
  const std::vector<std::string> pieces = {"a",    "words ", "\"",   "\\", "\n",     "\x7f",     "é",       "€",
                                           "😀",   "\xff",   "\xc3", "\x80", "\xe2\x82", "\xf0\x9f\x98", "\xed\xa0\x80",
                                           "\xc0\xaf", std::string(1, '\0')};
  for (int round = 0; round < 2000; ++round) {
    std::string octets;
    for (size_t left = random() % 12; left > 0; --left) octets += pieces[random() % pieces.size()];
    ASSERT_EQ(read_text(octets), repaired(octets)) << to_hex(as_bytes(octets));
  }
}

TEST(JsonWriter, writes_hexadecimal_of_many_octets) {
  std::string octets;
  for (int i = 0; i < 20'000; ++i) octets += static_cast<char>(i * 7 + i / 256);
  for (const size_t length : {size_t{0}, size_t{1}, size_t{2046}, size_t{2047}, size_t{2048}, octets.size()}) {
    const Bytes some = as_bytes(octets).first(length);
    EXPECT_EQ(written([&](JsonWriter& json) { json.hex(some); }), '"' + to_hex(some) + '"') << length;
  }
}

}  // namespace
}  // namespace parlance::report
