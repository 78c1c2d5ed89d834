using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using FastSparseCoding.Encoders;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;
using FastSparseCoding.Tests.Storage;
using FastSparseCoding.Tests.Support;
using Xunit;

namespace FastSparseCoding.Tests.Samples;

/// <summary>The web service is started as it is by its users, and answers real requests, many at a time.</summary>
[Collection(nameof(BuildsInTheTree))]
public sealed class WebServiceTests : IAsyncLifetime
{
    private const int AtOnce = 50;

    private readonly TempFolder _folder = new();
    private readonly ListaEncoder _encoder = ListaEncoder.FromDictionary(RandomData.Dictionary(50, 36, seed: 1), 0.2f, 3);
    private readonly PatchPreprocessing _patches = new() { PatchSize = 6 };
    private readonly HttpClient _client = new();
    private Process? _service;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        ModelFile.Save(_folder.File("lista.safetensors"), _encoder, _patches);
        _service = SampleRun.Start(
            "WebService", _folder.Path, "--Model", _folder.File("lista.safetensors"), "--urls", "http://127.0.0.1:0");
        const string Listening = "Now listening on: ";
        while (await _service.StandardOutput.ReadLineAsync(Cancellation) is { } line)
            if (line.IndexOf(Listening, StringComparison.Ordinal) is >= 0 and int at)
            {
                _client.BaseAddress = new Uri(line[(at + Listening.Length)..]);
                return;
            }
        Assert.Fail("The service ended before it listened.");
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_service is not null)
        {
            _service.Kill(entireProcessTree: true);
            await _service.WaitForExitAsync(CancellationToken.None);
            _service.Dispose();
        }
        _folder.Dispose();
    }

    [Fact]
    public async Task It_answers_many_requests_at_a_time_and_says_what_is_wrong()
    {
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(PostJson));
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(PostNpy));
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(PostPicture));

        float[] huge = [.. _encoder.Dictionary!.Atoms.Row(3).ToArray().Select(value => MathF.CopySign(float.MaxValue, value))];
        await Refused(JsonContent.Create(new[] { huge }), "'x' has a code that holds ");
        await Refused(JsonContent.Create(new float[][] { new float[36], [1, 2] }),
            "'x[1]' has 2 values; it must have 36. (Parameter 'x[1]')");
        await Refused(Bytes([1, 2, 3]), "body: is not an .npy file");
        await Refused(Bytes(Npy(new Matrix(2, 4))), "'x' has 4 columns; it must have 36. (Parameter 'x')");
        using HttpResponseMessage noPicture = await _client.PostAsync("encode/picture", Bytes([1, 2, 3]), Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, noPicture.StatusCode);
        Assert.StartsWith("{\"error\":\"body: ", await noPicture.Content.ReadAsStringAsync(Cancellation), StringComparison.Ordinal);
        using var text = new StringContent("[[1, 2", Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await _client.PostAsync("encode", text, Cancellation);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
    }

    private async Task PostJson(int seed)
    {
        Matrix x = RandomData.Normal(3, 36, seed), z = _encoder.Encode(x, 1, Cancellation);
        using HttpResponseMessage response = await _client.PostAsJsonAsync(
            "encode", Enumerable.Range(0, 3).Select(i => x.Row(i).ToArray()), Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        float[][] codes = (await response.Content.ReadFromJsonAsync<float[][]>(Cancellation))!;
        Assert.Equal(3, codes.Length);
        Same(z, [.. codes.SelectMany(code => code)]);
    }

    private async Task PostNpy(int seed)
    {
        Matrix x = RandomData.Normal(40, 36, seed);
        using ByteArrayContent content = Bytes(Npy(x));
        using HttpResponseMessage response = await _client.PostAsync("encode", content, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Same(_encoder.Encode(x, 1, Cancellation),
            FastSparseCoding.Storage.Npy.ReadMatrix(await response.Content.ReadAsByteArrayAsync(Cancellation)).Values.ToArray());
    }

    private async Task PostPicture(int seed)
    {
        GrayImage picture = DeadLeaves.Generate(24, 20, seed);
        using var png = new MemoryStream();
        ImageFile.Save(png, picture, ImageFormat.Png);
        using ByteArrayContent content = Bytes(png.ToArray());
        using HttpResponseMessage response = await _client.PostAsync("encode/picture?stride=3", content, Cancellation);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        png.Position = 0;
        Matrix x = Patches.Grid(ImageFile.Load(png), _patches, 3, out _);
        Same(_encoder.Encode(x, 1, Cancellation),
            FastSparseCoding.Storage.Npy.ReadMatrix(await response.Content.ReadAsByteArrayAsync(Cancellation)).Values.ToArray());
    }

    /// <summary>The same codes; the service fuses multiply-adds where these tests may be told not to.</summary>
    private static void Same(Matrix expected, float[] codes)
        => Assert.Equal(expected.Values.ToArray(), codes, (a, b) => Math.Abs(a - b) <= 1e-5f);

    private async Task Refused(HttpContent content, string message)
    {
        using HttpResponseMessage response = await _client.PostAsync("encode", content, Cancellation);

        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        JsonElement answer = await response.Content.ReadFromJsonAsync<JsonElement>(Cancellation);
        Assert.StartsWith(message, answer.GetProperty("error").GetString(), StringComparison.Ordinal);
        content.Dispose();
    }

    private static ByteArrayContent Bytes(byte[] bytes)
        => new(bytes) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } };

    private static byte[] Npy(Matrix x)
    {
        using var stream = new MemoryStream();
        FastSparseCoding.Storage.Npy.Write(stream, x);
        return stream.ToArray();
    }
}
