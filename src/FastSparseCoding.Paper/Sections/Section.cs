using System.Text.Json.Serialization;

namespace FastSparseCoding.Paper;

/// <summary>A part of the report, the same for the page and for the text beside it.</summary>
/// <param name="Id">Its anchor on the page.</param>
/// <param name="Title">Its heading.</param>
/// <param name="Claims">What the paper claims and what came out; rows of the table at the top.</param>
/// <param name="Blocks">What it shows, in order.</param>
/// <param name="Numbers">Its rows of numbers.csv.</param>
internal sealed record Section(
    string Id, string Title, IReadOnlyList<Claim> Claims, IReadOnlyList<Block> Blocks, IReadOnlyList<Number> Numbers);

/// <summary>One claim of the paper beside what was measured.</summary>
/// <param name="Statement">The claim.</param>
/// <param name="Setting">Where it was measured here.</param>
/// <param name="Paper">The paper's number, on its own data; a dash where none is known for certain.</param>
/// <param name="Measured">Ours.</param>
/// <param name="Judgement">What became of it, and by which rule.</param>
internal sealed record Claim(string Statement, string Setting, string Paper, string Measured, Judgement Judgement);

/// <summary>One number of numbers.csv.</summary>
/// <param name="Experiment">Id of the section.</param>
/// <param name="Atoms">Atoms of the dictionary.</param>
/// <param name="Method">What was measured.</param>
/// <param name="Seed">Seed of the training, counted from 1; 0 for what was not trained.</param>
/// <param name="Work">Iterations, updates or layers; NaN where there are none.</param>
/// <param name="Quantity">Name of the value, with its unit.</param>
/// <param name="Value">The value.</param>
internal sealed record Number(string Experiment, int Atoms, string Method, int Seed, double Work, string Quantity, double Value);

/// <summary>Something that a section shows.</summary>
[JsonDerivedType(typeof(Paragraph), "paragraph")]
[JsonDerivedType(typeof(Heading), "heading")]
[JsonDerivedType(typeof(TableBlock), "table")]
[JsonDerivedType(typeof(Picture), "picture")]
[JsonDerivedType(typeof(PictureRow), "pictures")]
internal abstract record Block
{
    /// <summary>The files it stands for.</summary>
    [JsonIgnore]
    public virtual IEnumerable<Picture> Pictures => [];
}

/// <summary>A paragraph of plain text.</summary>
internal sealed record Paragraph(string Text) : Block;

/// <summary>A heading within the section.</summary>
internal sealed record Heading(string Text) : Block;

/// <summary>A table with a caption.</summary>
internal sealed record TableBlock(string Caption, ResultTable Table) : Block;

/// <summary>A plot or a picture, also written as a file of its own.</summary>
/// <param name="FileName">Name of the file, .svg or .png.</param>
/// <param name="Content">The file's bytes.</param>
/// <param name="Caption">What it shows.</param>
internal sealed record Picture(string FileName, byte[] Content, string Caption) : Block
{
    /// <summary>Whether the report opens with it, beside the claims, instead of showing it in its section.</summary>
    public bool Opens { get; init; }

    [JsonIgnore]
    public override IEnumerable<Picture> Pictures => [this];
}

/// <summary>Small pictures side by side, with a caption for all.</summary>
internal sealed record PictureRow(IReadOnlyList<Picture> Row, string Caption) : Block
{
    [JsonIgnore]
    public override IEnumerable<Picture> Pictures => Row;
}
