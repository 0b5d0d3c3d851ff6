import { Failure } from '../../models/contract/failure.ts';
import { list, said } from '../../models/contract/said.ts';

/**
 * Switches of Chromium and Electron that hand the window to another program, switch its protection off, or send its
 * traffic elsewhere. Fuses prevent Node's `--inspect` in an installed app, but Chromium reads its switches itself.
 */
const refusedSwitches: readonly RegExp[] = [
	/^remote-debugging-/,
	/^remote-allow-origins$/,
	/^inspect(?:-|$)/,
	/^debug(?:-|$)/,
	/^js-flags$/,
	/^(?:renderer|utility|gpu|zygote|plugin|ppapi)-?(?:cmd-prefix|process-cmd-prefix|launcher)$/,
	/^no-sandbox$/,
	/^no-zygote$/,
	/^single-process$/,
	/^in-process-gpu$/,
	/^disable-(?:web-security|site-isolation-trials|seccomp-filter-sandbox|setuid-sandbox|gpu-sandbox|namespace-sandbox)$/,
	/^allow-(?:file-access-from-files|sandbox-debugging|running-insecure-content)$/,
	/^(?:load|disable)-extensions?(?:-except)?$/,
	/^enable-automation$/,
	/^ignore-certificate-errors/,
	/^(?:host-resolver-rules|host-rules|proxy-server|proxy-pac-url)$/,
	/^(?:log-net-log|ssl-key-log-file)$/,
];

/** Node's own, which take their value as the next argument. */
const refusedShort: ReadonlySet<string> = new Set(['-r', '--require', '--import', '--loader', '--experimental-loader']);

/** Options of Node that only change how much memory it may use or what it prints; nothing else is taken from outside. */
const harmlessNodeOptions =
	/^--(?:max-(?:old-space|semi-space)-size=\d+|(?:no-)?(?:warnings|deprecation)|disable-warning=\S+|trace-(?:warnings|deprecation|uncaught)|enable-source-maps|use-(?:system|openssl|bundled)-ca|dns-result-order=\S+|stack-trace-limit=\d+)$/;

/**
 * Returns what is refused in how this process was started, as the user wrote it. An argument after `--` is no switch.
 * Chromium takes one or two dashes, and on Windows a slash too.
 */
export function refusedFlags(
	argv: readonly string[],
	environment: Readonly<Record<string, string | undefined>>,
	platform: NodeJS.Platform = process.platform,
): string[] {
	const end = argv.indexOf('--');
	const given = end === -1 ? argv : argv.slice(0, end);
	const found = given.filter((argument) => {
		if (refusedShort.has(argument.split('=')[0] ?? '')) return true;
		const name = (platform === 'win32' ? /^(?:--?|\/)([^=]+)/ : /^--?([^=]+)/).exec(argument)?.[1]?.toLowerCase();
		return name !== undefined && refusedSwitches.some((pattern) => pattern.test(name));
	});
	const options = (environment.NODE_OPTIONS ?? '').split(/\s+/).filter((option) => option !== '');
	if (options.some((option) => !harmlessNodeOptions.test(option)))
		found.push(`NODE_OPTIONS=${environment.NODE_OPTIONS}`);
	return found;
}

/** Throws a Failure if the process was started in a way that would open it to other programs. */
export function refuseFlags(argv: readonly string[], environment: NodeJS.ProcessEnv): void {
	const [first, ...more] = refusedFlags(argv, environment);
	if (first === undefined) return;
	if (/^--?no-sandbox/i.test(first)) throw sandboxMissing();
	const [name = ''] = first.split('=');
	throw new Failure({
		code: 'flag-refused',
		message:
			more.length === 0
				? said`Assay doesn’t start with ${first}, because it would let other programs read and control Assay.`
				: said`Assay doesn’t start with ${first} (and ${list(more, 'comma')}), because it would let other programs read and control Assay.`,
		next: [
			first.includes('=') && !first.startsWith('-') && !first.startsWith('/')
				? said`Unset ${name} and start Assay again`
				: said`Start Assay without ${name}`,
			said`To debug Assay, run it from a checkout in the browser: npm run dev`,
		],
	});
}

/** An AppImage adds the switch by itself where the system has no unprivileged user namespaces. */
function sandboxMissing(): Failure {
	return new Failure({
		code: 'flag-refused',
		message: said`Assay doesn’t start with --no-sandbox, because the sandbox protects your files from faults in Chromium.`,
		next: [
			said`If you didn’t add it, the AppImage did, because your system doesn’t allow user namespaces. Install the .deb package, which sets up the sandbox`,
			said`Or use Assay in your browser: assay serve`,
		],
	});
}
