// `parlance protocols`: a row for each signature, the user's own among them.
#include <filesystem>
#include <fstream>
#include <sstream>

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "support/run_program.h"

namespace parlance::test {
namespace {

using nlohmann::json;

/// A folder with one signature, "pager", which has names only.
std::string users_folder(const std::string& extra = {}) {
  const std::string folder = scratch_file("signatures");
  std::filesystem::create_directories(folder);
  std::ofstream(folder + "/pager.toml")
      << "schema = 1\nname = \"pager\"\ntitle = \"Pager\"\nclass = \"proprietary\"\napp = \"beeper\"\n"
         "verified_on = \"names only\"\n"
      << extra << "[hosts]\nsuffix = [\"pager.example\"]\nsource = \"pager.example\"\ndate = 2026-11-26\n";
  return folder;
}

Ran protocols(const std::string& format, const std::string& folder) {
  return run_parlance({"protocols", "-o", format, "--signatures", folder});
}

bool has_line(const std::string& text, const std::string& wanted) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line == wanted) return true;
  }
  return false;
}

TEST(Protocols, a_row_says_class_evidence_and_what_it_was_verified_on) {
  const std::string folder = users_folder();
  EXPECT_TRUE(has_line(protocols("table", folder).output,
                       "pager                proprietary  beeper               hint                "
                       "names only                  Pager"));
  EXPECT_TRUE(has_line(protocols("markdown", folder).output,
                       "| Pager | `pager` | beeper | proprietary | hint | names only |"));
  EXPECT_TRUE(has_line(protocols("mdoc", folder).output,
                       ".It \"Pager\" Ta proprietary Ta hint Ta names only"));
  EXPECT_TRUE(has_line(protocols("json", folder).output,
                       R"({"name":"pager","title":"Pager","application":"beeper","class":"proprietary",)"
                       R"("evidence":["hint"],"verified_on":"names only"})"));
}

TEST(Protocols, each_line_of_json_is_an_object_with_the_evidence_strongest_first) {
  std::istringstream lines(run_parlance({"protocols", "-o", "json"}).output);
  size_t rows = 0;
  for (std::string line; std::getline(lines, line); ++rows) {
    const json row = json::parse(line, nullptr, false);
    ASSERT_TRUE(row.is_object()) << line;
    EXPECT_FALSE(row["evidence"].empty()) << line;
    if (row["name"] == "websocket") {
      EXPECT_EQ(row["evidence"], (json{"proof", "strong", "hint"}));
    }
  }
  EXPECT_GT(rows, 100u);
}

TEST(Protocols, a_mistake_in_a_signature_is_named_and_the_rest_is_listed) {
  const Ran ran = protocols("table", users_folder("colour = 1\n"));
  EXPECT_EQ(ran.status, 5);
  EXPECT_NE(ran.errors.find("pager.toml:7:1: 'colour' is no key of a signature"), std::string::npos)
      << ran.errors;
  EXPECT_NE(ran.output.find("WhatsApp"), std::string::npos);
}

TEST(Protocols, an_unknown_format_is_a_usage_error) {
  EXPECT_EQ(run_parlance({"protocols", "-o", "xml"}).status, 1);
}

}  // namespace
}  // namespace parlance::test
