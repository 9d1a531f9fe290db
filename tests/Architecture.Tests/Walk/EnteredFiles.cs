using System.Globalization;
using CustomerIoDestination.Architecture.Tests.Walk;

#pragma warning disable MA0047 // The runtime looks for this type outside any namespace.
/// <summary>What the runtime calls in the host before its own start (<c>DOTNET_STARTUP_HOOKS</c>).</summary>
internal static class StartupHook
{
    public static void Initialize() => EnteredFiles.Watch();
}
#pragma warning restore MA0047

namespace CustomerIoDestination.Architecture.Tests.Walk
{
    /// <summary>Lives in a host whose methods say when they are entered: keeps of which source files that was, and tells it through a folder.</summary>
    public static class EnteredFiles
    {
        /// <summary>The environment's name of the folder.</summary>
        public const string Folder = "ENTERED_FILES_FOLDER";

        /// <summary>While this file is in the folder nothing is kept; it is taken away when keeping begins anew.</summary>
        public const string Begin = "begin";

        /// <summary>The file with the numbers of the source files entered since, a line each.</summary>
        public const string Entered = "entered";

        private const int MostFiles = 4096;

        private static readonly bool[] Seen = new bool[MostFiles];

        /// <summary>A method of this source file is entered.</summary>
        public static void Enter(int file) => Seen[file] = true;

        internal static void Watch()
        {
            string folder = Environment.GetEnvironmentVariable(Folder)!;
            new Thread(() => Watch(folder)) { IsBackground = true }.Start();
        }

        private static void Watch(string folder)
        {
            string told = "";
            while (true)
            {
                string begin = Path.Combine(folder, Begin);
                if (File.Exists(begin))
                {
                    Array.Clear(Seen);
                    File.Delete(begin);
                }

                string now = string.Join('\n', Enumerable.Range(0, MostFiles).Where(file => Seen[file]).Select(file => file.ToString(CultureInfo.InvariantCulture)));
                if (now != told)
                {
                    File.WriteAllText(Path.Combine(folder, Entered + ".new"), now);
                    File.Move(Path.Combine(folder, Entered + ".new"), Path.Combine(folder, Entered), overwrite: true);
                    told = now;
                }

                Thread.Sleep(TimeSpan.FromMilliseconds(20));
            }
        }
    }
}
