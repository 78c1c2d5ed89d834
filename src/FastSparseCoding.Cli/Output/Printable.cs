using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace FastSparseCoding.Cli.Output;

/// <summary>
/// Text on its way to a terminal. Names and messages may come from a file that somebody else made: what would move the cursor, rename the
/// window, end the line or turn the reading order is shown as \u{…}, and what is too long to be read is cut.
/// </summary>
internal static partial class Printable
{
    /// <summary>Characters shown of a piece that a message quotes, or of a file's own name or value.</summary>
    private const int MaxPiece = 200;

    /// <summary>Characters of a whole line.</summary>
    private const int MaxLine = 2000;

    private const char ZeroWidthNonJoiner = '\u200C', ZeroWidthJoiner = '\u200D';

    /// <summary>A message or a value of ours, on one line.</summary>
    public static string Line(string text) => Cut(Quoted().Replace(Escape(text), CutQuoted), MaxLine);

    /// <summary>A name or a value that stands in a file.</summary>
    public static string Piece(string text) => Cut(Escape(text), MaxPiece);

    private static string CutQuoted(Match quoted)
        => quoted.Length <= MaxPiece + 2 ? quoted.Value : $"'{Start(quoted.Value, MaxPiece + 1).AsSpan(1)}…' ({Count(quoted.Length - 2)})";

    private static string Cut(string text, int most) => text.Length <= most ? text : $"{Start(text, most)}… ({Count(text.Length)})";

    // Two halves of a character stay together.
    private static string Start(string text, int most) => text[..(char.IsHighSurrogate(text[most - 1]) ? most - 1 : most)];

    private static string Count(int length) => string.Create(CultureInfo.InvariantCulture, $"{length} characters");

    private static string Escape(string text)
    {
        if (!text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var shown = new StringBuilder(text.Length + 16);
        for (int i = 0; i < text.Length; i++)
        {
            bool pair = i + 1 < text.Length && char.IsSurrogatePair(text[i], text[i + 1]);
            int code = pair ? char.ConvertToUtf32(text[i], text[i + 1]) : text[i];
            if (IsShown(text, i, pair))
                shown.Append(text, i, pair ? 2 : 1);
            else
                shown.Append(CultureInfo.InvariantCulture, $"\\u{{{code:X}}}");
            i += pair ? 1 : 0;
        }
        return shown.ToString();
    }

    // The joiners belong to the spelling of Persian and of many emoji; all other characters for formatting are invisible.
    private static bool IsShown(string text, int i, bool pair) => CharUnicodeInfo.GetUnicodeCategory(text, i) switch
    {
        UnicodeCategory.Control or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator => false,
        UnicodeCategory.Format => text[i] is ZeroWidthNonJoiner or ZeroWidthJoiner,
        UnicodeCategory.Surrogate => pair,
        _ => true,
    };

    // An apostrophe within a word opens nothing.
    [GeneratedRegex(@"(?<![\p{L}\p{N}])'[^']*'", RegexOptions.CultureInvariant)]
    private static partial Regex Quoted();
}
