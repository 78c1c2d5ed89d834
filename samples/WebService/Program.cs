using FastSparseCoding;
using FastSparseCoding.Imaging;
using FastSparseCoding.Storage;

// A web service that encodes: dotnet run --project samples/WebService -- --Model lista.safetensors --urls http://localhost:5000
//   curl -H "Content-Type: application/json" -d "[[0.1, 0.2, …]]" http://localhost:5000/encode
//   curl -H "Content-Type: application/octet-stream" --data-binary @signals.npy -o codes.npy http://localhost:5000/encode
//   curl -H "Content-Type: image/png" --data-binary @picture.png -o codes.npy "http://localhost:5000/encode/picture?stride=5"
WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
string model = builder.Configuration["Model"] ?? "lista.safetensors";
ISparseEncoder encoder = ModelFile.Load(model);                                 // once; requests share it
PatchPreprocessing patches = PatchPreprocessing.Read(model) ?? PatchPreprocessing.Default;
WebApplication app = builder.Build();

// What the library refuses is the caller's mistake, and its message says which.
app.Use(async (context, next) =>
{
    try
    {
        await next(context);
    }
    catch (Exception e) when (e is ArgumentException or InvalidDataException)
    {
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        await context.Response.WriteAsJsonAsync(new { error = e.Message });
    }
});

app.MapGet("/", () => new { encoder.SignalSize, encoder.CodeSize });

// JSON [N][n] to JSON [N][m]. A request takes one thread: many requests share the cores as they are.
app.MapPost("/encode", (List<float[]> x) => encoder.Encode(x, threads: 1).ToArray());

// An .npy of signals [N×n] to an .npy of codes [N×m].
app.MapPost("/encode", async (HttpRequest request) => Codes(Npy.ReadMatrix(new FileSource(await Body(request), "body"))))
    .Accepts<byte[]>("application/octet-stream");

// A picture of any format to an .npy of the codes of its patches.
app.MapPost("/encode/picture", async (HttpRequest request, int stride = 1)
    => Codes(Patches.Grid(ImageFile.Load(await Body(request), "body"), patches, stride, out _)));

app.Run();

static async Task<Stream> Body(HttpRequest request)
{
    var body = new MemoryStream();
    await request.Body.CopyToAsync(body);       // the server reads asynchronously only, and bounds what it takes
    body.Position = 0;
    return body;
}

IResult Codes(Matrix x)
{
    var codes = new MemoryStream();
    Npy.Write(codes, encoder.Encode(x, threads: 1));
    return Results.Bytes(codes.ToArray(), "application/octet-stream");
}
