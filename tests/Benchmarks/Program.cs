using System.Globalization;
using BenchmarkDotNet.Running;
using CustomerIoDestination.Benchmarks.Load;

// dotnet run -c Release --project tests/Benchmarks                    the whole load programme; writes the table of docs/measured.md
// dotnet run -c Release --project tests/Benchmarks -- --quick         each thing once, shortly; writes nothing
// dotnet run -c Release --project tests/Benchmarks -- --only ingest   one part of it (mapping, ingest, delivery, rate, latency, backlog, servicebus; people, ids), for profiling; writes nothing
// dotnet run -c Release --project tests/Benchmarks -- --compare x.dll ingest of this build and of another build's CustomerIoDestination.LocalHost.dll, in turn
// dotnet run -c Release --project tests/Benchmarks -- --filter '*'    BenchmarkDotNet
return args switch
{
    ["sink"] => await SinkServer.RunAsync(TimeSpan.Zero),
    ["sink", var milliseconds] => await SinkServer.RunAsync(TimeSpan.FromMilliseconds(int.Parse(milliseconds, CultureInfo.InvariantCulture))),
    [ServiceBusLoad.Broker] => await ServiceBusLoad.ServeAsync(),
    [BacklogProcess.Fill, var file, var depth] => await BacklogProcess.FillAsync(file, int.Parse(depth, CultureInfo.InvariantCulture)),
    [BacklogProcess.Measure, var file, var depth, var sink] =>
        await BacklogProcess.MeasureAsync(file, int.Parse(depth, CultureInfo.InvariantCulture), new Uri(sink)),
    [IdsLoad.Start, var file, var known] => await IdsLoad.StartAsync(file, int.Parse(known, CultureInfo.InvariantCulture)),
    [DrainProcess.Measure, .. var arguments] => await DrainProcess.MeasureAsync(arguments),
    [RateLoad.Deliver, var file, var sandbox, var rate] => await RateLoad.DeliverAsync(file, new Uri(sandbox), int.Parse(rate, CultureInfo.InvariantCulture)),
    [] => await LoadProgramme.RunAsync(LoadSize.Full),
    ["--quick"] => await LoadProgramme.RunAsync(LoadSize.Quick),
    ["--compare", var other] => await IngestLoad.CompareAsync(other, []),
    ["--compare", var other, .. var cases] => await IngestLoad.CompareAsync(other, cases),
    ["--only", var part] => await LoadProgramme.RunPartAsync(part),
    _ => BenchmarkSwitcher.FromAssembly(typeof(MappingLoad).Assembly).Run(args).Any() ? 0 : 1,
};
