import { parseArgs } from 'node:util';

export interface StartOptions {
	/** null: the window if it can open, otherwise the browser. */
	host: 'window' | 'browser' | null;
	data: string | null;
	port: number | null;
	open: boolean;
}

export const usage = `npm start -- [options]

  --host window|browser  where the app is shown (default: the window where one can be opened)
  --data <folder>        where conversations and models are kept (default: the user's own Assay folder)
  --port <n>             port of the browser host; implies --host browser unless the window is asked for
  --no-open              print the address, open nothing; implies --host browser likewise
  --help                 this text
`;

/** Parses the command line. Returns null for `--help`; throws an Error whose message says what is wrong. */
export function readOptions(args: readonly string[]): StartOptions | null {
	const { values } = parseArgs({
		args: [...args],
		options: {
			host: { type: 'string' },
			data: { type: 'string' },
			port: { type: 'string' },
			'no-open': { type: 'boolean', default: false },
			help: { type: 'boolean', default: false },
		},
	});
	if (values.help) return null;
	const { host, data, port } = values;
	if (host !== undefined && host !== 'window' && host !== 'browser') {
		throw new Error(`--host takes window or browser, not "${host}"`);
	}
	if (data === '') throw new Error('--data takes a folder');
	if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535)) {
		throw new Error(`--port takes a number from 0 to 65535, not "${port}"`);
	}
	const browserAsked = port !== undefined || values['no-open'];
	return {
		host: host ?? (browserAsked ? 'browser' : null),
		data: data ?? null,
		port: port === undefined ? null : Number(port),
		open: !values['no-open'],
	};
}
