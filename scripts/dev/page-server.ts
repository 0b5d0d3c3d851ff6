import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import type { ServerResponse } from 'node:http';
import { basename, dirname, join } from 'node:path';
import { createLogger, createServer, type InlineConfig, type Logger, type Plugin, type ViteDevServer } from 'vite';
import { securityHeaders } from '../../electron/hosts/security-headers.ts';
import { projectRoot } from '../run-step.ts';

export interface PageServerOptions {
	/** The page's folder: renderer/ or a copy of it. */
	root: string;
	/** 0 takes any free port. If the port is in use, the next free one is taken. */
	port: number;
	/** Port of the host that answers the page's calls. */
	hostPort: number;
	/** Paths that are forwarded to the host. */
	hostPaths: readonly string[];
	/** Allows pages of this server to show the page in a frame, as the catalogue of scenes does. */
	frames?: boolean;
}

/** Starts Vite's page server with hot reload, on this computer only. */
export async function startPageServer(options: PageServerOptions): Promise<{ server: ViteDevServer; origin: string }> {
	const { root, port, hostPort, hostPaths, frames = false } = options;
	const nonce = randomBytes(16).toString('base64');
	const config: InlineConfig = {
		configFile: join(projectRoot, 'vite.config.ts'),
		root,
		// One base address for all files, even for a page in a subfolder.
		base: '/',
		// A copy of the page has its own cache, so that it can't clear the cache of the checkout's page while that is
		// in use.
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
 * Returns the headers of the browser host, with a nonce that lets Vite's additions to the page run: the hot-reload
 * script and the styles that it replaces. Any other inline script or style is refused, as in the built page.
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

/** Only a build knows what it contains, so the licences are those of the last build. */
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

/** Calls fail while the host restarts. The page reports this itself and tries again. */
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
