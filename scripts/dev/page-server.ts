import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { createLogger, createServer, type InlineConfig, type Logger, type Plugin, type ViteDevServer } from 'vite';
import { securityHeaders } from '../../electron/hosts/security-headers.ts';
import { projectRoot } from '../run-step.ts';

export interface PageServerOptions {
	/** The folder with the page: renderer/, or a copy of it. */
	root: string;
	/** 0 takes any free one; the next free one is taken where it is in use. */
	port: number;
	/** Where the host listens that answers the calls of the page. */
	hostPort: number;
	/** Paths that go to the host. */
	hostPaths: readonly string[];
	/** Pages of this very server may show the page in a frame: the catalogue of scenes does. */
	frames?: boolean;
}

/** Vite's own page server with hot reload, on this computer only. */
export async function startPageServer(options: PageServerOptions): Promise<{ server: ViteDevServer; origin: string }> {
	const { root, port, hostPort, hostPaths, frames = false } = options;
	const nonce = randomBytes(16).toString('base64');
	const config: InlineConfig = {
		configFile: join(projectRoot, 'vite.config.ts'),
		root,
		// One address for all files, also for a page in a folder of its own.
		base: '/',
		// A copy of the page keeps its own: it must not clear that of the checkout's page while somebody works on it.
		cacheDir: root.startsWith(projectRoot)
			? join(projectRoot, 'node_modules', '.vite', basename(root))
			: join(dirname(root), '.vite'),
		clearScreen: false,
		customLogger: quietLogger(),
		html: { cspNonce: nonce },
		plugins: [licencesOfTheBuild],
		server: {
			host: '127.0.0.1',
			port,
			strictPort: false,
			warmup: { clientFiles: ['./*.tsx'] },
			headers: developmentHeaders(nonce, frames),
			fs: { allow: [projectRoot, root] },
			proxy: Object.fromEntries(
				hostPaths.map((path) => [
					path,
					{
						target: `http://127.0.0.1:${hostPort}`,
						ws: true,
						configure: (proxy) => void proxy.on('error', answerError),
					},
				]),
			),
		},
	};
	const server = await createServer(config);
	await server.listen();
	const address = server.httpServer?.address();
	if (typeof address !== 'object' || address === null) throw new Error('the page server has no address');
	return { server, origin: `http://127.0.0.1:${address.port}` };
}

/**
 * The headers of the browser host, except that what Vite puts into the page (the hot reload's script, and styles that
 * it replaces) may run: by a nonce, so that any other inline script or style is refused here as in the built page.
 */
export function developmentHeaders(nonce: string, frames: boolean): Record<string, string> {
	const policy = (securityHeaders['content-security-policy'] ?? '')
		.replace("script-src 'self'", `script-src 'self' 'nonce-${nonce}'`)
		.replace("style-src 'self'", `style-src 'self' 'nonce-${nonce}'`);
	if (!frames) return { ...securityHeaders, 'content-security-policy': policy };
	return {
		...securityHeaders,
		'content-security-policy': `${policy.replace("frame-ancestors 'none'", "frame-ancestors 'self'")}; frame-src 'self'`,
		'x-frame-options': 'SAMEORIGIN',
	};
}

/** Only a build knows what it holds: the licences are those of the last one. */
const licencesOfTheBuild: Plugin = {
	name: 'licences-of-the-build',
	configureServer({ middlewares }) {
		middlewares.use('/licences.json', (_request, response) => {
			const file = join(projectRoot, 'dist', 'renderer', 'licences.json');
			response.setHeader('content-type', 'application/json; charset=utf-8');
			response.end(existsSync(file) ? readFileSync(file) : '[]');
		});
	},
};

/** While the host restarts, calls find nobody: the page says so itself, and tries again. */
function quietLogger(): Logger {
	const logger = createLogger('info', { prefix: '[page]' });
	return {
		...logger,
		error: (message, settings) => {
			if (!message.includes('proxy error') && !message.includes('proxy socket error')) logger.error(message, settings);
		},
	};
}

function answerError(_error: Error, _request: unknown, response: unknown): void {
	const answer = response as Partial<ServerResponse>;
	if (answer.writeHead === undefined || answer.headersSent) return;
	answer.writeHead(502, { 'content-type': 'text/plain; charset=utf-8' });
	answer.end?.('The host restarts\n');
}
