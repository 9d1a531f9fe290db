using System.Diagnostics;
using System.Globalization;
using Mono.Cecil;
using Mono.Cecil.Cil;

namespace CustomerIoDestination.Architecture.Tests.Walk;

/// <summary>A copy of the local host in which every method that is written in a source file of the product first says in which (<see cref="EnteredFiles"/>), run as a process.</summary>
internal sealed class WatchedHost : IDisposable
{
    private static readonly string[] Woven =
        ["CustomerIoDestination", "CustomerIoDestination.HttpApi", "CustomerIoDestination.SqliteQueue", "CustomerIoDestination.LocalHost"];

    private const int Events = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan LongCalm = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Calm = TimeSpan.FromMilliseconds(350);

    private readonly string _folder = Directory.CreateTempSubdirectory("walk-").FullName;
    private readonly List<string> _files = [];
    private readonly TaskCompletionSource<Uri> _address = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Process _process;

    public WatchedHost()
    {
        string programme = Path.Combine(_folder, "host");
        Copy(AppContext.BaseDirectory, programme);
        foreach (string assembly in Woven)
        {
            Weave(Path.Combine(programme, assembly + ".dll"));
        }

        _process = Start(programme);
    }

    /// <summary>
    /// The files an event passes: those entered from the request that brings it until nothing more is, by each of some events that come one after the other.
    /// So what the host does by itself from time to time (it looks whether the rules changed, it forgets what is old) does not count. The host has handled
    /// one event before.
    /// </summary>
    /// <param name="body">The event; <c>{n}</c> in it becomes the number of each.</param>
    public async Task<IReadOnlyList<string>> FilesOfAsync(string body)
    {
        using HttpClient http = new() { BaseAddress = await _address.Task.WaitAsync(Patience) };
        await PostAsync(http, Numbered(body, 0));
        HashSet<int> passed = [.. await CalmAsync(LongCalm)];
        for (int number = 1; number <= Events; number++)
        {
            await File.WriteAllTextAsync(Path.Combine(_folder, EnteredFiles.Begin), "");
            await UntilAsync(() => !File.Exists(Path.Combine(_folder, EnteredFiles.Begin)));
            await PostAsync(http, Numbered(body, number));
            passed.IntersectWith(await CalmAsync(Calm));
        }

        return [.. passed.Select(number => _files[number]).Order(StringComparer.Ordinal)];
    }

    public void Dispose()
    {
        _process.Kill(entireProcessTree: true);
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private static string Numbered(string body, int number) => body.Replace("{n}", number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    private static async Task PostAsync(HttpClient http, string body)
    {
        using StringContent content = new(body);
        using HttpResponseMessage answer = await http.PostAsync(new Uri("/api/events", UriKind.Relative), content);
        answer.EnsureSuccessStatusCode();
    }

    private async Task<int[]> CalmAsync(TimeSpan calm)
    {
        string text = "";
        long since = Stopwatch.GetTimestamp();
        await UntilAsync(() =>
        {
            string now = File.Exists(Path.Combine(_folder, EnteredFiles.Entered)) ? File.ReadAllText(Path.Combine(_folder, EnteredFiles.Entered)) : "";
            since = now == text ? since : Stopwatch.GetTimestamp();
            text = now;
            return text.Length > 0 && Stopwatch.GetElapsedTime(since) > calm;
        });
        return [.. text.Split('\n').Select(line => int.Parse(line, CultureInfo.InvariantCulture))];
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        using CancellationTokenSource limit = new(Patience);
        using PeriodicTimer timer = new(TimeSpan.FromMilliseconds(50));
        while (!condition())
        {
            await timer.WaitForNextTickAsync(limit.Token);
        }
    }

    private static void Copy(string from, string to)
    {
        foreach (string file in Directory.EnumerateFiles(from, "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is not (".xml" or ".pdb")))
        {
            string copy = Path.Combine(to, Path.GetRelativePath(from, file));
            Directory.CreateDirectory(Path.GetDirectoryName(copy)!);
            File.Copy(file, copy);
        }
    }

    private void Weave(string path)
    {
        string original = Path.Combine(AppContext.BaseDirectory, Path.GetFileName(path));
        using DefaultAssemblyResolver resolver = new();
        resolver.AddSearchDirectory(AppContext.BaseDirectory);
        using AssemblyDefinition assembly = AssemblyDefinition.ReadAssembly(original, new ReaderParameters { ReadSymbols = true, AssemblyResolver = resolver });
        MethodReference enter = assembly.MainModule.ImportReference(typeof(EnteredFiles).GetMethod(nameof(EnteredFiles.Enter))!);
        foreach (MethodDefinition method in assembly.MainModule.GetTypes().SelectMany(type => type.Methods).Where(method => method.HasBody && !IsPlainProperty(method)))
        {
            if (SourceOf(method) is { } file)
            {
                ILProcessor body = method.Body.GetILProcessor();
                Instruction first = method.Body.Instructions[0];
                body.InsertBefore(first, body.Create(OpCodes.Ldc_I4, NumberOf(file)));
                body.InsertBefore(first, body.Create(OpCodes.Call, enter));
            }
        }

        assembly.Write(path);
    }

    // A property that only holds a value does nothing that a reader must look up.
    private static bool IsPlainProperty(MethodDefinition method) =>
        (method.IsGetter || method.IsSetter) && method.CustomAttributes.Any(attribute => attribute.AttributeType.Name == "CompilerGeneratedAttribute");

    private static string? SourceOf(MethodDefinition method)
    {
        string? url = method.DebugInformation.SequencePoints.FirstOrDefault(point => !point.IsHidden)?.Document.Url.Replace('\\', '/');
        return url is null || url.Contains("/obj/", StringComparison.Ordinal) || url.LastIndexOf("/src/", StringComparison.Ordinal) is not (>= 0 and var at) ? null : url[(at + 1)..];
    }

    private int NumberOf(string file)
    {
        int number = _files.IndexOf(file);
        if (number < 0)
        {
            number = _files.Count;
            _files.Add(file);
        }

        return number;
    }

    private Process Start(string programme)
    {
        ProcessStartInfo start = new(Environment.ProcessPath is { } path && path.EndsWith("dotnet", StringComparison.Ordinal) ? path : "dotnet")
        {
            WorkingDirectory = _folder,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
            Environment =
            {
                ["DOTNET_STARTUP_HOOKS"] = typeof(EnteredFiles).Assembly.Location,
                [EnteredFiles.Folder] = _folder,
            },
        };
        string[] arguments =
        [
            Path.Combine(programme, "CustomerIoDestination.LocalHost.dll"), "--Urls=http://127.0.0.1:0", "--Sandbox:Port=0", $"--Queue:Path={Path.Combine(_folder, "queue", "queue.db")}",
        ];
        foreach (string argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        Process process = new() { StartInfo = start };
        List<string> output = [];
        process.OutputDataReceived += (_, line) => Heard(line.Data, output);
        process.ErrorDataReceived += (_, line) => Heard(line.Data, output);
        process.Start();
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Heard(string? line, List<string> output)
    {
        if (line is null)
        {
            _address.TrySetException(new InvalidOperationException("The host ended: " + string.Join('\n', output)));
            return;
        }

        output.Add(line);
        if (line.StartsWith("  page ", StringComparison.Ordinal))
        {
            _address.TrySetResult(new Uri(line.Split(' ')[^1]));
        }
    }
}
