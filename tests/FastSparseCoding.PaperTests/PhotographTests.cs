using System.Runtime.InteropServices;
using System.Security.Cryptography;
using FastSparseCoding.Imaging;
using Xunit;

namespace FastSparseCoding.PaperTests;

/// <summary>Every published figure depends on the pixels of the photographs, which are JPEGs: their decoding is pinned to the last
/// bit.</summary>
public sealed class PhotographTests
{
    /// <summary>SHA-256 of all pixels as float32, of 300 photographs in their order; as StbImageSharp 2.30 decodes them.</summary>
    private const string Pixels = "4597fcf363619d9372f84cb8778460b708bfbe63abf7fe720ebda4d04f03e6fd";

    [Fact]
    public void Photographs_decode_to_the_pixels_that_the_figures_were_made_from()
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        int count = 0;
        foreach (GrayImage photograph in SharedData.Photographs())
        {
            hash.AppendData(MemoryMarshal.AsBytes(photograph.Pixels));
            count++;
        }

        Assert.Equal(300, count);
        Assert.Equal(Pixels, Convert.ToHexStringLower(hash.GetHashAndReset()));
    }
}
