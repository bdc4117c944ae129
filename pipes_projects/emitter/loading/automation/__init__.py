"""What starts assets by itself: schedules, and the sensor of automation conditions."""
