using FastSparseCoding;
using FastSparseCoding.Storage;

// A web service that encodes: dotnet run --project samples/WebService -- --Model lista.safetensors --urls http://localhost:5000
//   curl -H "Content-Type: application/json" -d "[[0.1, 0.2, …]]" http://localhost:5000/encode
//   curl -H "Content-Type: application/octet-stream" --data-binary @signals.npy -o codes.npy http://localhost:5000/encode
WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
ISparseEncoder encoder = ModelFile.Load(builder.Configuration["Model"] ?? "lista.safetensors");    // once; requests share it
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
app.MapPost("/encode", async (HttpRequest request) =>
{
    using var body = new MemoryStream();
    await request.Body.CopyToAsync(body);
    body.Position = 0;
    Matrix z = encoder.Encode(Npy.ReadMatrix(new FileSource(body, "body")), threads: 1);
    var codes = new MemoryStream();
    Npy.Write(codes, z);
    return Results.Bytes(codes.ToArray(), "application/octet-stream");
}).Accepts<byte[]>("application/octet-stream");

app.Run();
