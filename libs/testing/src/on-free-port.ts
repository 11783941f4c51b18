import { errorMessage, freePort } from '@yiqiu/processes';

const attemptsMax = 5;

/**
 * Starts something on the port asked for, or on a free one. Between the look and the bind another process may take a free
 * port; then the next one is tried.
 */
export const onFreePort = async <T>(wanted: number | undefined, start: (port: number) => Promise<T>): Promise<T> => {
  if (wanted !== undefined) return start(wanted);
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(await freePort());
    } catch (error) {
      const taken = /address already in use/i.test(errorMessage(error));
      if (!taken || attempt === attemptsMax) throw error;
    }
  }
};
