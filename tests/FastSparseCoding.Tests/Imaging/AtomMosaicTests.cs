using FastSparseCoding.Imaging;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Imaging;

public sealed class AtomMosaicTests
{
    [Theory]
    [InlineData(1, 3, 4, 16, 16)]       // 1×1 cells of 3·4 + 2 pixels, and a line of 2
    [InlineData(2, 3, 4, 30, 16)]
    [InlineData(5, 3, 4, 44, 30)]       // 3×2
    [InlineData(9, 2, 1, 10, 10)]       // lines of 1
    [InlineData(10, 2, 1, 13, 10)]      // 4×3
    [InlineData(400, 10, 4, 842, 842)]
    public void Atoms_fill_a_near_square_grid(int atoms, int size, int scale, int width, int height)
    {
        GrayImage picture = AtomMosaic.Render(RandomData.Normal(atoms, size * size, seed: 1), size, scale);

        Assert.Equal((width, height), (picture.Width, picture.Height));
    }

    [Fact]
    public void Every_atom_lies_in_its_cell_enlarged_and_between_lines()
    {
        const int Size = 3, Scale = 5, Line = 2, Cell = Size * Scale + Line;
        Matrix atoms = RandomData.Normal(5, Size * Size, seed: 2);

        GrayImage picture = AtomMosaic.Render(atoms, Size, Scale);

        for (int y = 0; y < picture.Height; y++)
            for (int x = 0; x < picture.Width; x++)
            {
                int atom = y / Cell * 3 + x / Cell, left = x % Cell - Line, top = y % Cell - Line;
                float expected = left < 0 || top < 0 || atom >= 5 ? 0 : Gray(atoms.Row(atom), top / Scale * Size + left / Scale);
                Assert.True(expected == picture[x, y], $"pixel ({x}, {y}): expected {expected}, got {picture[x, y]}");
            }

        static float Gray(ReadOnlySpan<float> atom, int i) => 0.5f + 0.5f * atom[i] / atom.ToArray().Max(Math.Abs);
    }

    [Fact]
    public void The_largest_magnitude_of_each_atom_is_black_or_white_and_zero_mid_gray()
    {
        var atoms = new Matrix(3, 4, [0.5f, 0, -0.25f, 0.25f, 1e-6f, -4e-6f, 0, 2e-6f, 300, 400, 100, 0]);

        GrayImage picture = AtomMosaic.Render(atoms, patchSize: 2, scale: 1);

        Assert.Equal([1, 0.5f, 0.25f, 0.75f], Inside(picture, 1, 1));
        Assert.Equal([0.625f, 0, 0.5f, 0.75f], Inside(picture, 4, 1));
        Assert.Equal([0.875f, 1, 0.625f, 0.5f], Inside(picture, 1, 4));
    }

    [Fact]
    public void A_constant_atom_is_white_or_black_and_one_of_zeros_mid_gray()
    {
        var atoms = new Matrix(3, 4, [0.5f, 0.5f, 0.5f, 0.5f, -0.5f, -0.5f, -0.5f, -0.5f, 0, 0, 0, 0]);

        GrayImage picture = AtomMosaic.Render(atoms, patchSize: 2, scale: 1);

        Assert.All(Inside(picture, 1, 1), v => Assert.Equal(1, v));
        Assert.All(Inside(picture, 4, 1), v => Assert.Equal(0, v));
        Assert.All(Inside(picture, 1, 4), v => Assert.Equal(0.5f, v));
    }

    [Fact]
    public void Bad_arguments_are_refused()
    {
        Refused("'atoms' has 9 columns; it must have 16.", () => AtomMosaic.Render(new Matrix(2, 9), 4));
        Refused("'atoms.Rows' is 0; it must be 1 or more.", () => AtomMosaic.Render(new Matrix(0, 9), 3));
        Refused("'patchSize' is 0; it must be from 1 to 4096.", () => AtomMosaic.Render(new Matrix(1, 9), 0));
        Refused("'scale' is 65; it must be from 1 to 64.", () => AtomMosaic.Render(new Matrix(1, 9), 3, 65));

        static void Refused(string message, Action action)
            => Assert.StartsWith(message, Assert.ThrowsAny<ArgumentException>(action).Message, StringComparison.Ordinal);
    }

    /// <summary>The four pixels of a 2×2 atom.</summary>
    private static float[] Inside(GrayImage picture, int left, int top)
        => [picture[left, top], picture[left + 1, top], picture[left, top + 1], picture[left + 1, top + 1]];
}
