using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using k8s.Models;

namespace FastSparseCoding.Tests.Cluster;

/// <summary>
/// A stand-in for the server of a cluster, for kubectl to speak to: it knows volume claims and Jobs of one namespace, creates what is of
/// the schema and nothing else, runs the pods of a Job by a given function, and tells who watches a Job when they have ended. It shows
/// that kubectl takes the commands and the manifests. It is no cluster: it schedules, mounts, retries and limits nothing.
/// </summary>
internal sealed class ManifestServer : IDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Thread _thread;
    private readonly Action<V1Job> _pods;
    private readonly ConcurrentDictionary<string, JsonNode> _objects = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _running = new(StringComparer.Ordinal);

    /// <summary>Listens on a port of this machine alone.</summary>
    public ManifestServer(Action<V1Job> pods)
    {
        _pods = pods;
        using (var free = new TcpListener(IPAddress.Loopback, 0))
        {
            free.Start();
            Address = string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{((IPEndPoint)free.LocalEndpoint).Port}");
        }
        _listener.Prefixes.Add($"{Address}/");
        _listener.Start();
        _thread = new Thread(Serve) { IsBackground = true };
        _thread.Start();
    }

    public string Address { get; }

    /// <summary>A configuration of kubectl that knows this server.</summary>
    public string Configuration => $$"""
        apiVersion: v1
        kind: Config
        clusters: [{name: stand-in, cluster: {server: "{{Address}}"} }]
        contexts: [{name: stand-in, context: {cluster: stand-in} }]
        current-context: stand-in
        """;

    /// <summary>Waits for the pods of all Jobs; throws what one of them threw.</summary>
    public void WaitForPods() => Task.WaitAll([.. _running.Values]);

    /// <summary>Ends when all pods have, with a request of its own, since closing a listener does not always wake who waits for the
    /// next.</summary>
    public void Dispose()
    {
        foreach (Task pods in _running.Values)
            Task.WaitAny(pods);
        using (var client = new HttpClient(new SocketsHttpHandler { UseProxy = false }))
        using (var last = new HttpRequestMessage(HttpMethod.Delete, Address))
            client.Send(last).Dispose();
        _thread.Join();
        _listener.Close();
    }

    private void Serve()
    {
        HttpListenerContext request;
        do
        {
            request = _listener.GetContext();
            (HttpStatusCode status, JsonNode? answer) = Answer(request.Request);
            byte[] bytes = answer is null ? [] : JsonSerializer.SerializeToUtf8Bytes(answer);
            request.Response.StatusCode = (int)status;
            request.Response.ContentType = answer is null ? "application/octet-stream" : "application/json";
            try
            {
                request.Response.Close(bytes, willBlock: true);
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // kubectl has what it waited for and no longer listens.
            }
        }
        while (request.Request.HttpMethod != "DELETE");
    }

    private (HttpStatusCode Status, JsonNode? Answer) Answer(HttpListenerRequest request)
    {
        string path = request.Url!.AbsolutePath;
        if (request.HttpMethod == "POST")
            return Create(path, JsonNode.Parse(request.InputStream)!);
        if (_objects.TryGetValue(path, out JsonNode? known))
            return (HttpStatusCode.OK, known);
        if (Descriptions.TryGetValue(path, out string? description))
            return (HttpStatusCode.OK, description.Length == 0 ? null : JsonNode.Parse(description));
        string name = request.QueryString["fieldSelector"]?.Replace("metadata.name=", "", StringComparison.Ordinal) ?? "";
        if (!_objects.TryGetValue($"{path}/{name}", out JsonNode? selected))
            return Refuse(HttpStatusCode.NotFound, "NotFound", $"There is no {path}.");
        return (HttpStatusCode.OK, request.QueryString["watch"] == "true" ? WhenEnded($"{path}/{name}", selected) : new JsonObject
        {
            ["kind"] = "JobList",
            ["apiVersion"] = "batch/v1",
            ["metadata"] = new JsonObject { ["resourceVersion"] = "1" },
            ["items"] = new JsonArray(selected.DeepClone()),
        });
    }

    /// <summary>Creates an object and starts the pods of a Job.</summary>
    private (HttpStatusCode Status, JsonNode? Answer) Create(string path, JsonNode value)
    {
        object read;
        try
        {
            read = Manifest.Read(JsonSerializer.SerializeToElement(value));
        }
        catch (JsonException e)
        {
            return Refuse(HttpStatusCode.BadRequest, "BadRequest", e.Message);
        }
        JsonNode metadata = value["metadata"]!;
        string key = $"{path}/{metadata["name"]}";
        metadata["uid"] = key;
        metadata["resourceVersion"] = "1";
        _objects[key] = value;
        if (read is V1Job job)
            _running[key] = Task.Run(() => _pods(job));
        return (HttpStatusCode.Created, value);
    }

    /// <summary>The one event of a watch, when the pods have ended.</summary>
    private JsonObject WhenEnded(string key, JsonNode job)
    {
        Task pods = _running[key];
        Task.WaitAny(pods);
        JsonNode ended = job.DeepClone();
        ended["metadata"]!["resourceVersion"] = "2";
        ended["status"] = new JsonObject
        {
            ["conditions"] = new JsonArray(new JsonObject
            {
                ["type"] = pods.IsCompletedSuccessfully ? "Complete" : "Failed",
                ["status"] = "True",
            }),
        };
        return new JsonObject { ["type"] = "MODIFIED", ["object"] = ended };
    }

    private static (HttpStatusCode Status, JsonNode? Answer) Refuse(HttpStatusCode status, string reason, string message)
        => (status, new JsonObject
        {
            ["kind"] = "Status",
            ["apiVersion"] = "v1",
            ["status"] = "Failure",
            ["reason"] = reason,
            ["message"] = message,
            ["code"] = (int)status,
        });

    /// <summary>What a server says of itself: which kinds it has, and that it checks fields; to versions of kubectl that check them
    /// themselves (before 1.25), an empty schema.</summary>
    private static readonly Dictionary<string, string> Descriptions = new(StringComparer.Ordinal)
    {
        ["/version"] = """{"major": "1", "minor": "32", "gitVersion": "v1.32.0"}""",
        ["/api"] = """{"kind": "APIVersions", "versions": ["v1"]}""",
        ["/apis"] = """
            {"kind": "APIGroupList", "apiVersion": "v1", "groups": [{"name": "batch",
              "versions": [{"groupVersion": "batch/v1", "version": "v1"}],
              "preferredVersion": {"groupVersion": "batch/v1", "version": "v1"}}]}
            """,
        ["/api/v1"] = Resources("v1", "persistentvolumeclaims", "PersistentVolumeClaim"),
        ["/apis/batch/v1"] = Resources("batch/v1", "jobs", "Job"),
        ["/openapi/v2"] = "",
        ["/openapi/v3"] = """
            {"paths": {"api/v1": {"serverRelativeURL": "/openapi/v3/api/v1"},
              "apis/batch/v1": {"serverRelativeURL": "/openapi/v3/apis/batch/v1"}}}
            """,
        ["/openapi/v3/api/v1"] = Checked("", "PersistentVolumeClaim"),
        ["/openapi/v3/apis/batch/v1"] = Checked("batch", "Job"),
    };

    private static string Resources(string version, string name, string kind) => $$"""
        {"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "{{version}}", "resources": [{"name": "{{name}}",
          "singularName": "", "namespaced": true, "kind": "{{kind}}", "verbs": ["create", "get", "list", "watch"]}]}
        """;

    private static string Checked(string group, string kind) => $$"""
        {"openapi": "3.0.0", "info": {"title": "", "version": ""}, "paths": {"/{{kind}}": {"patch": {"responses": {},
          "parameters": [{"name": "fieldValidation", "in": "query", "schema": {"type": "string"} }],
          "x-kubernetes-group-version-kind": {"group": "{{group}}", "version": "v1", "kind": "{{kind}}"} } } } }
        """;
}
