#include "base/sentence.h"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace parlance {
namespace {

TEST(Sentence, a_literal_is_not_copied) {
  static const char kLiteral[] = "the first octet is a version";
  const Sentence sentence(kLiteral);
  EXPECT_EQ(sentence.view().data(), kLiteral);
  EXPECT_EQ(sentence, "the first octet is a version");
  EXPECT_FALSE(sentence.empty());
}

TEST(Sentence, a_string_is_its_own) {
  std::string text = "frame 7 is longer than any";  // longer than what a string keeps in itself
  const Sentence sentence(text);
  text.assign(text.size(), '?');
  EXPECT_EQ(sentence, "frame 7 is longer than any");
}

TEST(Sentence, what_lasts_is_seen_and_not_copied) {
  const std::string signature_says = "'CHAT' and version 1";
  const Sentence sentence = Sentence::lasting(std::string_view(signature_says).substr(0, 6));
  EXPECT_EQ(sentence.view().data(), signature_says.data());
  EXPECT_EQ(sentence, "'CHAT'");
}

TEST(Sentence, nothing_is_empty_however_it_is_said) {
  for (const Sentence& each : {Sentence(), Sentence(""), Sentence(std::string()), Sentence::lasting({})}) {
    EXPECT_TRUE(each.empty());
    EXPECT_EQ(each, "");
  }
}

TEST(Sentence, copies_outlive_what_they_are_copied_from) {
  for (const std::string& text : {std::string("short"), std::string(100, 'x')}) {
    Sentence copy, moved;
    {
      const Sentence owner(text);
      copy = owner;
      Sentence second = owner;
      moved = std::move(second);
      EXPECT_NE(copy.view().data(), owner.view().data());
    }
    EXPECT_EQ(copy.view(), text);
    EXPECT_EQ(moved.view(), text);
  }
}

TEST(Sentence, may_be_said_anew_in_another_way) {
  Sentence sentence("a literal");
  sentence = std::string("owned ") + std::string(60, '!');
  EXPECT_EQ(sentence.view().size(), 66u);
  sentence = "another literal";
  EXPECT_EQ(sentence, "another literal");
  sentence = Sentence();
  EXPECT_TRUE(sentence.empty());
}

TEST(Sentence, is_equal_to_what_says_the_same) {
  const std::string text = "the same words";
  EXPECT_EQ(Sentence("the same words"), Sentence(text));
  EXPECT_EQ(Sentence(text), Sentence::lasting(text));
  EXPECT_FALSE(Sentence("the same") == Sentence("the same words"));
  EXPECT_EQ(static_cast<std::string_view>(Sentence::lasting(text)), text);
}

TEST(Sentence, keeps_an_octet_of_zero_in_the_middle) {
  const std::string text("a\0b", 3);
  EXPECT_EQ(Sentence(text).view(), text);
  EXPECT_EQ(Sentence::lasting(text).view(), text);
}

}  // namespace
}  // namespace parlance
