import math
import time

start = time.time()
while True:
    t = time.time() - start
    celsius = 21 + 3 * math.sin(t / 10)
    print("temperature: %.2f" % celsius)
    time.sleep(1)
