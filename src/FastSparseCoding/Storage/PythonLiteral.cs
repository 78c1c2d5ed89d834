using System.Globalization;

namespace FastSparseCoding.Storage;

/// <summary>
/// Reads the Python dictionary in the header of an .npy file: strings, True and False, integers, tuples and lists. Anything else is refused
/// with the position where reading stopped.
/// </summary>
internal sealed class PythonLiteral
{
    private const int MaxDepth = 8;

    private readonly string _path;
    private readonly string _text;
    private int _at;

    private PythonLiteral(string path, string text)
    {
        _path = path;
        _text = text;
    }

    /// <summary>Reads a whole text as one dictionary with string keys. Values are string, bool, long or object[].</summary>
    public static Dictionary<string, object> ParseDictionary(string path, string text)
    {
        var reader = new PythonLiteral(path, text);
        Dictionary<string, object> result = reader.Dictionary();
        if (reader.Peek() != '\0')
            reader.Fail("nothing more");
        return result;
    }

    private Dictionary<string, object> Dictionary()
    {
        var result = new Dictionary<string, object>(StringComparer.Ordinal);
        Expect('{');
        while (Peek() != '}')
        {
            if (Peek() is not ('\'' or '"'))
                Fail("a quoted key");
            string key = String();
            Expect(':');
            if (!result.TryAdd(key, Value(depth: 0)))
                Throw.InvalidFile(_path, $"its .npy header gives '{key}' twice.");
            if (Peek() != '}')
                Expect(',');
        }
        Expect('}');
        return result;
    }

    private object Value(int depth)
    {
        char next = Peek();
        if (next is '\'' or '"')
            return String();
        if (next is '(' or '[' && depth < MaxDepth)
            return Sequence(next == '(' ? ')' : ']', depth + 1);
        if (char.IsAsciiDigit(next) || next == '-')
            return Integer();
        if (Take("True"))
            return true;
        if (Take("False"))
            return false;
        return Fail("a string, a number, True, False or a tuple");
    }

    private object[] Sequence(char close, int depth)
    {
        var items = new List<object>();
        _at++;
        while (Peek() != close)
        {
            items.Add(Value(depth));
            if (Peek() != close)
                Expect(',');
        }
        _at++;
        return [.. items];
    }

    private string String()
    {
        char quote = Peek();
        int end = _text.IndexOf(quote, _at + 1);
        if (end < 0)
            Fail("a closing quote");
        string value = _text[(_at + 1)..end];
        _at = end + 1;
        return value;
    }

    private object Integer()
    {
        int start = _at++;
        while (_at < _text.Length && char.IsAsciiDigit(_text[_at]))
            _at++;
        if (!long.TryParse(_text.AsSpan(start, _at - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value))
        {
            _at = start;
            return Fail("a number below 2^63");
        }
        if (_at < _text.Length && _text[_at] == 'L')    // Python 2 wrote long integers so
            _at++;
        return value;
    }

    private bool Take(string word)
    {
        if (string.CompareOrdinal(_text, _at, word, 0, word.Length) != 0)
            return false;
        _at += word.Length;
        return true;
    }

    /// <summary>The next character that is not white space, or '\0' at the end.</summary>
    private char Peek()
    {
        while (_at < _text.Length && _text[_at] is ' ' or '\n' or '\r' or '\t')
            _at++;
        return _at < _text.Length ? _text[_at] : '\0';
    }

    private void Expect(char expected)
    {
        if (Peek() != expected)
            Fail($"'{expected}'");
        _at++;
    }

    private object Fail(string expected)
        => Throw.InvalidFile<object>(_path, $"its .npy header is malformed at character {_at}; expected {expected}.");
}
