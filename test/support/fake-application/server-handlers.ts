import type { Implementer } from '../../../electron/api/implementer.ts';
import { mcpConfig } from '../../../electron/contract/server/mcp-config.ts';
import { type Alias, plainRecipe, type Recipe } from '../../../electron/contract/server/recipe.ts';
import type { ServerKey, ServerStatus } from '../../../electron/contract/server/schema.ts';
import { Failure } from '../../../models/contract/failure.ts';
import type { FakeApplication } from './fake-application.ts';
import { requestHandlers } from './server/handlers.ts';
import { unscripted } from './unscripted.ts';

/** A server that listens nowhere. */
export function serverHandlers(fake: FakeApplication, os: Implementer) {
	const keys: ServerKey[] = [];
	function become(next: ServerStatus): ServerStatus {
		fake.data.server.status = next;
		const port = next.state === 'on' ? { serverPort: next.port } : {};
		fake.data.settings = { ...fake.data.settings, serverOn: next.state === 'on', ...port };
		fake.emit({ type: 'settings-changed' });
		return next;
	}
	function add(name: string, scopes: ServerKey['scopes']): { key: ServerKey; secret: string } {
		const key: ServerKey = {
			id: keys.length + 1,
			name,
			beginning: 'sk-assay-7Qd2',
			scopes,
			createdAt: Date.now(),
			lastUsedAt: null,
			revokedAt: null,
			limits: { perMinute: null, atOnce: null },
		};
		keys.unshift(key);
		return { key, secret: 'sk-assay-7Qd2mWq0h3kTz1yXc8RvN5bLp4uJf6sEa9gDoKiHtYs' };
	}
	function mark(id: number, revokedAt: number | null): ServerKey {
		const at = keys.findIndex((key) => key.id === id);
		const key = keys[at];
		if (key === undefined) {
			throw new Failure({ code: 'server-key-unknown', message: 'There is no such key.', next: [] });
		}
		const marked = { ...key, revokedAt };
		keys[at] = marked;
		return marked;
	}
	const changes: Alias[] = [];
	function change(next: Omit<Alias, 'id' | 'setAt'>): Alias {
		const alias = { ...next, id: changes.length + 1, setAt: Date.now() };
		changes.unshift(alias);
		return alias;
	}
	function newest(name: string): Alias | undefined {
		return changes.find((alias) => alias.name.toLowerCase() === name.toLowerCase());
	}
	function modelNameOf(id: number | null): string {
		const model = fake.data.models.find((one) => one.id === id);
		return model === undefined ? 'SmolLM2 135M' : `${model.name} ${model.quantization}`;
	}
	return {
		aliases: os.server.aliases.handler(() => ({
			aliases: changes.filter((alias) => alias.recipe !== null && newest(alias.name) === alias),
		})),
		aliasHistory: os.server.aliasHistory.handler(({ input }) => ({
			changes: changes.filter(({ name }) => name === input.name),
		})),
		setAlias: os.server.setAlias.handler(({ input: { name, target } }) => {
			const before = newest(name) ?? null;
			const modelFileId = 'modelFileId' in target ? target.modelFileId : 1;
			const recipe: Recipe = plainRecipe;
			const alias = change({
				name,
				modelFileId,
				modelName: modelNameOf(modelFileId),
				source: { kind: 'none' },
				recipe,
			});
			return { alias, before };
		}),
		removeAlias: os.server.removeAlias.handler(({ input }) => {
			const alias = newest(input.name);
			if (alias === undefined)
				throw new Failure({ code: 'alias-unknown', message: 'There is no such alias.', next: [] });
			return change({ ...alias, recipe: null });
		}),
		restoreAlias: os.server.restoreAlias.handler(({ input }) => {
			const alias = changes.find(({ id }) => id === input.id);
			if (alias === undefined)
				throw new Failure({ code: 'alias-unknown', message: 'There is no such alias.', next: [] });
			return change(alias);
		}),
		mcpConfig: os.server.mcpConfig.handler(({ input }) =>
			mcpConfig(input.client, { kind: 'command', command: ['/opt/Assay/node', '/opt/Assay/dist/cli/cli.js', 'mcp'] }),
		),
		resolveModel: os.server.resolveModel.handler(unscripted),
		scoreChoices: os.server.scoreChoices.handler(unscripted),
		status: os.server.status.handler(() => fake.data.server.status),
		start: os.server.start.handler(({ input }) => {
			const { port = 4891 } = input;
			const key = keys.length === 0 ? add('First key', ['inference']).secret : null;
			return { status: become({ state: 'on', url: `http://127.0.0.1:${port}/v1`, port, active: 0, answered: 0 }), key };
		}),
		stop: os.server.stop.handler(() => become({ state: 'off' })),
		keys: os.server.keys.handler(() => ({ keys })),
		addKey: os.server.addKey.handler(({ input }) => add(input.name, input.scopes)),
		restoreKey: os.server.restoreKey.handler(({ input }) => mark(input.id, null)),
		revokeKey: os.server.revokeKey.handler(({ input }) => mark(input.id, Date.now())),
		...requestHandlers(fake, os),
		setKeyLimits: os.server.setKeyLimits.handler(unscripted),
	};
}
