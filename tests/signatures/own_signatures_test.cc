// The signatures that come with the program.
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>

#include "protocols/parser.h"
#include "signatures/loader.h"
#include "signatures/matcher.h"
#include "support/checkout.h"

namespace parlance {
namespace {

namespace fs = std::filesystem;

Loaded own_signatures() {
  const std::string source = test::source_folder();
  return load_signatures(
      {source + "/signatures"},
      {[](std::string_view name) { return find_parser(name) != nullptr; }, source + "/pcaps"});
}

TEST(OwnSignatures, have_no_mistakes) {
  const Loaded loaded = own_signatures();
  for (const Error& error : loaded.errors) ADD_FAILURE() << error.text();
  EXPECT_GT(loaded.signatures.size(), 10u);
}

TEST(OwnSignatures, are_taken_by_hyperscan_together) {
  const auto set = SignatureSet::build(own_signatures().signatures, "");
  ASSERT_TRUE(set) << set.error().text();
}

TEST(OwnSignatures, name_each_field_and_account_as_some_source_does) {
  std::string sources;
  for (const auto& entry :
       fs::recursive_directory_iterator(fs::path(test::source_folder()) / "src")) {
    if (entry.path().extension() != ".cc" || entry.path().parent_path().filename() == "signatures")
      continue;
    std::ifstream stream(entry.path());
    sources.append(std::istreambuf_iterator<char>(stream), {});
  }
  for (const Signature& signature : own_signatures().signatures) {
    if (!signature.account.empty()) {
      EXPECT_NE(sources.find('"' + signature.account + '"'), std::string::npos)
          << signature.file << ": nothing notes " << signature.account;
    }
    for (const Pattern& pattern : signature.patterns) {
      if (!pattern.is_field()) continue;
      EXPECT_NE(sources.find('"' + pattern.buffer + '"'), std::string::npos)
          << signature.file << ": nothing fills " << pattern.buffer;
    }
  }
}

TEST(OwnSignatures, say_what_they_are_and_what_they_were_verified_on) {
  for (const Signature& each : own_signatures().signatures) {
    EXPECT_NE(each.verified, Verified::unsaid) << each.file;
    EXPECT_FALSE(each.description.empty()) << each.file;
    const bool has_only_fields = std::all_of(each.patterns.begin(), each.patterns.end(),
                                             [](const Pattern& pattern) { return pattern.is_field(); });
    EXPECT_TRUE(each.verified != Verified::names || has_only_fields) << each.file;
  }
}

TEST(OwnSignatures, every_parser_is_named_by_one) {
  const auto set = SignatureSet::build(own_signatures().signatures, "");
  ASSERT_TRUE(set);
  for (const ParserModule* module : all_parsers()) {
    EXPECT_NE((*set)->for_parser(module->name), nullptr) << module->name;
  }
}

}  // namespace
}  // namespace parlance
