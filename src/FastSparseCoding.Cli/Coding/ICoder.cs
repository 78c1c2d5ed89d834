using FastSparseCoding.Cli.Sharding;

namespace FastSparseCoding.Cli.Coding;

/// <summary>A way from signals to codes, and what there is to tell of the codes it made.</summary>
internal interface ICoder
{
    /// <summary>The method's short name.</summary>
    string Method { get; }

    /// <summary>Codes of a block of signals [N×n], of which a mask [N×n] may tell what is known, on the threads of the context.</summary>
    Matrix Encode(Matrix x, Matrix? mask, CommandContext context);

    /// <summary>What there is to tell of the codes made so far.</summary>
    ICodeFacts Facts { get; }

    /// <summary>Adds to a job all that decides the codes, but for the dictionary or encoder.</summary>
    void Describe(Job job);
}
