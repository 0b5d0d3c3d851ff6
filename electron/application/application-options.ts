import type { RouterClient } from '@orpc/server';
import type { runNativeTask } from '../../models/native/run-task.ts';
import type { Implementer } from '../api/implementer.ts';
import type { ModelHandlers, Router } from '../api/router.ts';
import type { Hello } from '../contract/system/schema.ts';
import type { Staging } from '../conversation/import-export/staging.ts';
import type { OpenSession } from '../evaluation/context.ts';
import type { EventBus } from '../events.ts';
import type { LibrarySeam, ModelLibrary } from '../library/model-service.ts';

export interface ApplicationOptions {
	/** Made where it is missing. The caller owns it (`hosts/`): no other process may create an application on it. */
	readonly dataFolder: string;
	readonly host: Hello['host'];
	/** What this host can do beyond the common part, for `system.hello`. */
	readonly capabilities?: readonly string[];
	/** Of Assay, from package.json. */
	readonly version: string;
	/** One line a call, no secrets, no conversation text. */
	readonly log: (line: string) => void;
	/** The model library and its calls. */
	readonly models: (seam: LibrarySeam, os: Implementer) => ApplicationModels | Promise<ApplicationModels>;
	/** Measures in processes of their own; tests hand in what doesn't. */
	readonly native?: typeof runNativeTask;
	/** Holds a model in a process of its own for evaluation runs; tests hand in one that is scripted. */
	readonly openSession?: OpenSession;
	/** Milliseconds since 1970. */
	readonly clock?: () => number;
	/** Where the `.sql` files lie, if not two folders above the running code. */
	readonly migrationsFolder?: string;
	/** Code of the reader thread, if not beside the running code (`reader-worker.js`). */
	readonly readerEntry?: URL;
	/** A damaged database: 'restore' (default) opens the newest good backup and says so in `status().notice`. */
	readonly onDamage?: 'restore' | 'refuse';
}

export interface ApplicationModels {
	readonly library: ModelLibrary;
	readonly handlers: ModelHandlers;
}

/** The whole application, the same object in the window, the browser host and the command line. */
export interface Application {
	/** For a transport's RPCHandler, with the context `{}`. */
	readonly router: Router;
	/** The same calls within this process. */
	readonly client: RouterClient<Router>;
	readonly events: EventBus;
	/** Files on their way in and out, for a host that transfers them itself. */
	readonly staging: Staging;
	/** Stops and keeps what is being written, ends workers, closes the database. Safe to call twice. */
	close(): Promise<void>;
}
