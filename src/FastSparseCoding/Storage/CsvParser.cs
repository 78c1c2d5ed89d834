using System.Globalization;
using System.Text;

namespace FastSparseCoding.Storage;

/// <summary>
/// A matrix of comma-separated numbers, a row a line: the separator is a comma, a semicolon or a tab, whichever comes first in the file,
/// and the same throughout. Empty lines, lines that begin with '#' and a first line in which nothing is a number are passed over. Nothing
/// is quoted. Memory is that of the values, whatever a line holds.
/// </summary>
internal sealed class CsvParser
{
    /// <summary>Characters of a field: no number needs as many.</summary>
    private const int MostCharacters = 64;

    private const int End = -1;

    private readonly string _path;
    private readonly TextReader _text;
    private readonly StringBuilder _field = new(MostCharacters);
    private readonly List<float> _values = [];
    private long _line, _firstLine;
    private int _columns;
    private char _separator;

    private CsvParser(string path, TextReader text) => (_path, _text) = (path, text);

    /// <summary>Reads a file whole.</summary>
    /// <param name="file">The file.</param>
    /// <returns>The matrix, of one row or more, every value finite.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    /// <exception cref="InvalidDataException">It holds no number, a field is no finite number, or a line has another number of fields than
    /// the first.</exception>
    public static Matrix ReadMatrix(InputFile file)
    {
        using var text = new StreamReader(file.Stream, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, leaveOpen: true);
        return new CsvParser(file.Path, text).Read();
    }

    private Matrix Read()
    {
        while (_text.Peek() != End)
            ReadLine();
        if (_columns == 0)
            Throw.InvalidFile(_path, "holds no numbers; expected a row of them a line, with commas between them.");
        return new Matrix(_values.Count / _columns, _columns, [.. _values]);
    }

    private void ReadLine()
    {
        _line++;
        if (_text.Peek() == '#')
        {
            PassOver();
            return;
        }
        int fields = 0, numbers = 0;
        (int Number, string Text)? refused = null;
        bool more;
        do
        {
            more = ReadField(out bool isEmptyLine, fields == 0);
            if (isEmptyLine)
                return;
            fields++;
            bool isNumber = TryParse(out float value);
            numbers += isNumber ? 1 : 0;
            if (!isNumber || !float.IsFinite(value))
                refused ??= (fields, _field.ToString());
            if (refused is null)
                _values.Add(value);
            else if (_columns > 0)
                Refuse(refused.Value);
        }
        while (more);
        if (refused is { } first && numbers > 0)
            Refuse(first);
        if (refused is null)
            TakeRow(fields);
    }

    private void TakeRow(int fields)
    {
        if (_columns == 0)
            (_columns, _firstLine) = (fields, _line);
        if (fields != _columns)
            Throw.InvalidFile(_path, $"line {_line} has {fields} fields; line {_firstLine} has {_columns}.");
        if (_values.Count > Array.MaxLength - _columns)
            Throw.InvalidFile(_path, $"line {_line} is one too many; one matrix holds at most {Array.MaxLength} values.");
    }

    private void Refuse((int Number, string Text) field)
        => Throw.InvalidFile(
            _path, $"line {_line}, field {field.Number} is '{field.Text}'; expected a finite number such as 0.5.");

    private bool TryParse(out float value)
        => float.TryParse(_field.ToString().AsSpan().Trim(), NumberStyles.Float, CultureInfo.InvariantCulture, out value);

    /// <summary>Reads up to the next separator or the end of the line.</summary>
    /// <returns>Whether another field follows.</returns>
    private bool ReadField(out bool isEmptyLine, bool isFirst)
    {
        _field.Clear();
        int next;
        while ((next = _text.Read()) is not (End or '\n') && !IsSeparator((char)next))
        {
            if (_field.Length == MostCharacters)
                Throw.InvalidFile(_path, $"line {_line} has a field of more than {MostCharacters} characters; expected numbers.");
            _field.Append((char)next);
        }
        bool ends = next is End or '\n';
        isEmptyLine = isFirst && ends && string.IsNullOrWhiteSpace(_field.ToString());
        return !ends;
    }

    private bool IsSeparator(char c)
    {
        if (_separator == default && c is ',' or ';' or '\t')
            _separator = c;
        return _separator != default && c == _separator;
    }

    private void PassOver()
    {
        while (_text.Read() is not (End or '\n'))
        {
        }
    }
}
