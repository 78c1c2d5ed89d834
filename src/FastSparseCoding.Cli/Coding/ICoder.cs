using FastSparseCoding.Cli.Output;

namespace FastSparseCoding.Cli.Coding;

/// <summary>A way from signals to codes, and what there is to tell of the codes it made.</summary>
internal interface ICoder
{
    /// <summary>The method's short name.</summary>
    string Method { get; }

    /// <summary>Codes of a block of signals [N×n], of which a mask [N×n] may tell what is known, on the threads of the context.</summary>
    Matrix Encode(Matrix x, Matrix? mask, CommandContext context);

    /// <summary>What the user must know of the codes made so far, or null.</summary>
    string? Warning(long rows);

    /// <summary>Adds what is to be told of the codes made so far.</summary>
    void Tell(Result result, long rows);
}
