// Reads signature files, and names every mistake in them with file, line and column.
#pragma once

#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "signatures/signature.h"

namespace parlance {

/// What the loader has to know of the rest of the program.
struct LoaderContext {
  /// True if a parser of that name exists; empty: not checked.
  std::function<bool(std::string_view)> is_parser;
  /// Where captures named by signatures must be; empty: not checked.
  std::string captures_folder = {};
  /// True if there is a signature of that name; empty: those that are loaded together are all there are, and for
  /// one alone it is not checked.
  std::function<bool(std::string_view)> is_signature = {};
};

struct Loaded {
  std::vector<Signature> signatures;  ///< sorted by name; only those without a mistake
  std::vector<Error> errors;          ///< all mistakes of all files, in the order of the files
};

/// A signature file as it is on disk.
struct SignatureFile {
  std::string path;
  std::optional<std::string> text;  ///< absent: it cannot be read
};

/// Every *.toml of each folder, in the order of their names. A file of a later folder replaces one
/// of the same name. Folders that cannot be read are added to `errors`.
std::vector<SignatureFile> read_signature_files(const std::vector<std::string>& folders,
                                                std::vector<Error>& errors);

/// The names that these files bear.
std::set<std::string, std::less<>> names_of(const std::vector<SignatureFile>& files);

/// Parses and checks what was read.
Loaded load_signature_files(const std::vector<SignatureFile>& files, const LoaderContext& context);

/// Both.
Loaded load_signatures(const std::vector<std::string>& folders, const LoaderContext& context);

/// Reads one file's text; `file` is its path, for messages and for the name it must bear.
Loaded load_signature_text(std::string_view text, const std::string& file,
                           const LoaderContext& context);

}  // namespace parlance
